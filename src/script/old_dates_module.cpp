// Local times that do not exist, or exist twice, as the original reads them (ECMAScript 5.1,
// 15.9.1.9): the offset is the one in force at the local time minus the standard offset. Later
// editions, and so JavaScriptCore, take the offset from before the change. With it,
// moment("2016-03-12T02:30:00-08:00").add(1, "days") in Los Angeles is 01:30-08:00.
//
// Only needed where the time zone ever changes its offset.

namespace mogura::script {

extern const char* const kOldDatesSource;
const char* const kOldDatesSource = R"javascript(
(function () {
  "use strict";
  var Native = Date;
  var prototype = Native.prototype;
  var minute = 60000;
  var firstKept = Native.UTC(1900, 0, 1);  // before it, offsets have seconds

  function offsetAt(instant) {
    return -prototype.getTimezoneOffset.call(new Native(instant)) * minute;
  }

  // `local` is a local time as if it were UTC.
  function toInstant(local) {
    var year = new Native(local).getUTCFullYear();
    var standard = Math.min(offsetAt(Native.UTC(year, 0, 1)), offsetAt(Native.UTC(year, 6, 1)));
    return local - offsetAt(local - standard);
  }

  function OldDate() {
    if (!new.target) return Native();
    if (arguments.length > 1) {
      var local = Native.UTC.apply(null, arguments);
      if (local >= firstKept) {
        return Reflect.construct(Native, [toInstant(local)], new.target);
      }
    }
    return Reflect.construct(Native, arguments, new.target);
  }
  OldDate.prototype = prototype;
  OldDate.UTC = Native.UTC;
  OldDate.now = Native.now;
  OldDate.parse = Native.parse;
  Object.defineProperty(OldDate, "name", {value: "Date"});
  Object.defineProperty(OldDate, "length", {value: 7});
  Object.defineProperty(prototype, "constructor", {value: OldDate, writable: true, configurable: true});
  Object.defineProperty(this, "Date", {value: OldDate, writable: true, configurable: true});

  ["Milliseconds", "Seconds", "Minutes", "Hours", "Date", "Month", "FullYear"].forEach(function (field) {
    var native = prototype["set" + field];
    var nativeUtc = prototype["setUTC" + field];
    function set() {
      var instant = prototype.getTime.call(this);
      var local = new Native(instant + offsetAt(instant));
      var changed = nativeUtc.apply(local, arguments);
      if (!(changed >= firstKept)) return native.apply(this, arguments);
      return prototype.setTime.call(this, toInstant(changed));
    }
    Object.defineProperty(prototype, "set" + field, {value: set, writable: true, configurable: true});
  });
}).call(this);
)javascript";

}  // namespace mogura::script
