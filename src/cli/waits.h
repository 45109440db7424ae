// Which attempts wait for which others, so that one that waits for itself is found. One thread at a
// time.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mogura::cli {

class Waits {
  public:
    struct Attempt {
        int64_t id = 0;
        std::string workflow;
    };

    // `waiting` waits for `other` from now on, unless the other waits for it already, by whatever
    // way: then these are the workflows of the circle, the first one again at its end.
    std::vector<std::string> add(const Attempt& waiting, const Attempt& other);
    // `other` is done.
    void remove(const Attempt& waiting, const Attempt& other);
    // All others are done.
    void keep(const std::set<int64_t>& attempts);
    // Attempts that it knows of.
    size_t size() const { return workflows_.size(); }

  private:
    bool find_way(int64_t from, int64_t to, std::set<int64_t>& seen,
                  std::vector<std::string>& way) const;

    std::map<int64_t, std::set<int64_t>> others_;
    std::map<int64_t, std::string> workflows_;
};

}  // namespace mogura::cli
