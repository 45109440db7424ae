// What the original's engine has from Java (spec digdag 3.1.3), in JavaScript: the methods of
// String that JavaScript's strings lack, with Java's regular expressions, and the globals that lead
// to Java, where every way ends. The names stand in program.cpp too.

namespace mogura::script {

extern const char* const kJavaSource;
const char* const kJavaSource = R"javascript(
(function () {
  "use strict";
  var nativeReplaceAll = String.prototype.replaceAll;

  function define(name, method) {
    Object.defineProperty(String.prototype, name,
                          {value: method, writable: true, configurable: true});
  }

  var classes = {
    Lower: "a-z", Upper: "A-Z", Alpha: "a-zA-Z", Digit: "0-9", Alnum: "a-zA-Z0-9",
    Punct: "!-\\/:-@\\[-`{-~", Blank: " \\t", Space: "\\s", XDigit: "0-9a-fA-F",
    Cntrl: "\\x00-\\x1f\\x7f", ASCII: "\\x00-\\x7f"
  };

  // What Java's regular expressions spell in another way: \Q..\E, \A, \z, \Z, \h, \R, \p{Alpha}.
  function translated(text) {
    var inClass = 0;
    return text.replace(/\\Q([\s\S]*?)(?:\\E|$)|\\p\{(\w+)\}|\\[\s\S]|[\[\]]/g,
                        function (part, quoted, name) {
      if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&");
      if (name !== undefined) {
        if (!classes[name]) throw new Error("Unknown character property name {" + name + "}");
        return inClass ? classes[name] : "[" + classes[name] + "]";
      }
      if (part === "[") inClass++;
      if (part === "]" && inClass) inClass--;
      if (part === "\\h") return inClass ? " \\t\\xa0" : "[ \\t\\xa0]";
      if (inClass) return part;
      if (part === "\\A") return "(?<![\\s\\S])";
      if (part === "\\z") return "(?![\\s\\S])";
      if (part === "\\Z") return "(?=\\n?(?![\\s\\S]))";
      if (part === "\\R") return "(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])";
      return part;
    });
  }

  // Leading inline flags such as (?i) are flags of the whole expression in JavaScript.
  function toRegExp(text, flags) {
    var inline = /^\(\?([imsu]+)\)/.exec(text);
    if (inline) {
      flags += inline[1];
      text = text.substring(inline[0].length);
    }
    return new RegExp(translated(text), flags);
  }

  // "$1" is a group, as many digits as there are groups; a backslash takes the next character
  // as it is.
  function replacer(text) {
    return function () {
      var last = arguments.length - 1;
      var named = typeof arguments[last] === "object" ? arguments[last] : null;
      var groups = last - (named ? 2 : 1) - 1;
      var result = "";
      for (var i = 0; i < text.length; i++) {
        if (text[i] === "\\") {
          if (++i === text.length) throw new Error("character to be escaped is missing");
          result += text[i];
        } else if (text[i] !== "$") {
          result += text[i];
        } else if (text[i + 1] === "{") {
          var end = text.indexOf("}", i);
          var name = text.substring(i + 2, end);
          if (end < 0 || !named || !(name in named)) throw new Error("No group with name {" + name + "}");
          result += named[name] === undefined ? "" : named[name];
          i = end;
        } else {
          var number = text.charCodeAt(++i) - 48;
          if (!(number >= 0 && number <= 9)) throw new Error("Illegal group reference");
          if (number > groups) throw new Error("No group " + number);
          while (i + 1 < text.length) {
            var digit = text.charCodeAt(i + 1) - 48;
            if (!(digit >= 0 && digit <= 9) || number * 10 + digit > groups) break;
            number = number * 10 + digit;
            i++;
          }
          result += arguments[number] === undefined ? "" : arguments[number];
        }
      }
      return result;
    };
  }

  function compare(one, other) {
    for (var i = 0; i < one.length && i < other.length; i++) {
      var difference = one.charCodeAt(i) - other.charCodeAt(i);
      if (difference !== 0) return difference;
    }
    return one.length - other.length;
  }

  define("replaceAll", function (pattern, replacement) {
    if (pattern instanceof RegExp || typeof replacement === "function") {
      return nativeReplaceAll.call(this, pattern, replacement);
    }
    return String(this).replace(toRegExp(String(pattern), "g"), replacer(String(replacement)));
  });
  define("replaceFirst", function (pattern, replacement) {
    return String(this).replace(toRegExp(String(pattern), ""), replacer(String(replacement)));
  });
  define("matches", function (pattern) {
    var text = String(pattern);
    var inline = /^\(\?[imsu]+\)/.exec(text);
    var flags = inline ? inline[0] : "";
    return toRegExp(flags + "^(?:" + text.substring(flags.length) + ")$", "").test(this);
  });
  define("contains", function (part) { return String(this).indexOf(String(part)) >= 0; });
  define("equals", function (other) { return typeof other === "string" && String(this) === other; });
  define("equalsIgnoreCase", function (other) {
    return typeof other === "string" && String(this).toLowerCase() === other.toLowerCase();
  });
  define("isEmpty", function () { return this.length === 0; });
  define("isBlank", function () { return /^\s*$/.test(this); });
  define("compareTo", function (other) { return compare(String(this), String(other)); });
  define("compareToIgnoreCase", function (other) {
    return compare(String(this).toLowerCase(), String(other).toLowerCase());
  });
  define("contentEquals", function (other) { return String(this) === String(other); });
  define("intern", function () { return String(this); });
  define("subSequence", function (start, end) { return String(this).substring(start, end); });
  define("strip", function () { return String(this).trim(); });
  define("stripLeading", function () { return String(this).replace(/^\s+/, ""); });
  define("stripTrailing", function () { return String(this).replace(/\s+$/, ""); });
  define("regionMatches", function () {
    var all = Array.prototype.slice.call(arguments);
    var ignoreCase = typeof all[0] === "boolean" ? all.shift() : false;
    var one = String(this).substr(all[0], all[3]);
    var other = String(all[1]).substr(all[2], all[3]);
    if (one.length < all[3] || other.length < all[3]) return false;
    return ignoreCase ? one.toLowerCase() === other.toLowerCase() : one === other;
  });
  define("codePointCount", function (start, end) {
    return Array.from(String(this).substring(start, end)).length;
  });
  define("codePointBefore", function (index) {
    var before = Array.from(String(this).substring(0, index));
    return before[before.length - 1].codePointAt(0);
  });
  define("hashCode", function () {
    var hash = 0;
    for (var i = 0; i < this.length; i++) hash = (hash * 31 + this.charCodeAt(i)) | 0;
    return hash;
  });

  // Here no way leads to Java either.
  function global(name, value) {
    Object.defineProperty(globalThis, name, {value: value, writable: true, configurable: true});
  }
  function absent(name) {
    return function () { throw new Error(name + " is not possible in a template"); };
  }
  function noClass(name) {
    throw new TypeError("Access to host class " + name + " is not allowed or does not exist.");
  }
  function javaPackage(name) {
    return new Proxy({}, {
      get: function (target, key) {
        if (typeof key === "symbol") return undefined;
        return javaPackage(name === "" ? key : name + "." + key);
      }
    });
  }
  global("Java", {
    type: noClass, extend: absent("Java.extend"), from: absent("Java.from"),
    to: absent("Java.to"), "super": absent("Java.super"), synchronized: absent("Java.synchronized")
  });
  global("Packages", javaPackage(""));
  global("print", absent("print()"));
  global("load", absent("load()"));
  global("quit", absent("quit()"));
})();
)javascript";

}  // namespace mogura::script
