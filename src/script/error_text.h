// Error messages of JavaScriptCore in the words of the original's engine (spec digdag 3.6.1).

#pragma once

#include <string>

namespace mogura::script {

// "ReferenceError: Can't find variable: x" becomes "ReferenceError: x is not defined". Texts that
// are not known stay as they are.
std::string translate_error(const std::string& message);

}  // namespace mogura::script
