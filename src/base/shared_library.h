// A library that is opened while the program runs, because linking it costs every start. It stays
// open until the program ends. Any thread.

#pragma once

#include "base/result.h"

#include <string>

namespace mogura::base {

class SharedLibrary {
  public:
    // `remedy` says what to do when the machine lacks it.
    static Result<SharedLibrary> open(const std::string& name, const std::string& remedy);

    template <typename Function>
    Result<> find(const char* name, Function& function) const {
        void* found = TRY(find_symbol(name));
        function = reinterpret_cast<Function>(found);
        return {};
    }

  private:
    SharedLibrary(void* handle, std::string name, std::string remedy)
        : handle_(handle), name_(std::move(name)), remedy_(std::move(remedy)) {}
    Result<void*> find_symbol(const char* name) const;

    void* handle_;
    std::string name_;
    std::string remedy_;
};

}  // namespace mogura::base
