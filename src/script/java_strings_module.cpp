// The methods of Java's String that JavaScript's strings lack (spec digdag 3.1.3), in JavaScript.
// Their names stand in program.cpp too. length() cannot be had: strings own a property `length`.

namespace mogura::script {

extern const char* const kJavaStringSource;
const char* const kJavaStringSource = R"javascript(
(function () {
  "use strict";
  var nativeReplaceAll = String.prototype.replaceAll;

  function define(name, method) {
    Object.defineProperty(String.prototype, name,
                          {value: method, writable: true, configurable: true});
  }

  // Leading inline flags such as (?i) are flags of the whole expression in JavaScript.
  function toRegExp(text, flags) {
    var inline = /^\(\?([imsu]+)\)/.exec(text);
    if (inline) {
      flags += inline[1];
      text = text.substring(inline[0].length);
    }
    return new RegExp(text, flags);
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
  define("hashCode", function () {
    var hash = 0;
    for (var i = 0; i < this.length; i++) hash = (hash * 31 + this.charCodeAt(i)) | 0;
    return hash;
  });
})();
)javascript";

}  // namespace mogura::script
