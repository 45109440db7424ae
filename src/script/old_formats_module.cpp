// What moment.js 2.21 wrote for y and N, which stand for eras since 2.25: the letters themselves.
// moment().format("yyyy-MM-dd"), a Java programmer's slip, must not begin to give years.

namespace mogura::script {

extern const char* const kOldFormatsSource;
const char* const kOldFormatsSource = R"javascript(
(function () {
  "use strict";
  var format = moment.fn.format;
  function keepLetters(part) {
    return part[0] === "y" || part[0] === "N" ? "[" + part + "]" : part;
  }
  moment.fn.format = function (pattern) {
    if (typeof pattern !== "string") return format.apply(this, arguments);
    return format.call(this, pattern.replace(/\[[^\[]*\]|\\.|[yN]+/g, keepLetters));
  };
})();
)javascript";

}  // namespace mogura::script
