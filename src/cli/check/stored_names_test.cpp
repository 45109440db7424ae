#include "cli/check/stored_names.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::cli::check {
namespace {

TEST(StoredNames, OfPython) {
    auto computes = [](const std::string& line) {
        return stores_computed_names("import digdag\n" + line + "\n", ScriptLanguage::kPython);
    };
    for (const char* literal : {
             "digdag.env.store({'a': 1, \"b\": f(x, {k: 2})})",
             "digdag.env.store({\n  'a': 1,  # don't\n  'b': [y for y in z],\n})",
             "digdag.env.store({})",
             "digdag.env.store(a=1, b='x, y: z')",
             "digdag.env.store(dict(a=1))",
             "digdag.env.store({'a': 1}, b=2)",
             "digdag.env.store_params['a'] = 1",
             "store(x)",
             "x.stored(y)",
             "x = y.store",
         }) {
        EXPECT_FALSE(computes(literal)) << literal;
    }
    for (const char* computed : {
             "digdag.env.store(result)",
             "digdag.env.store({KEY: 1})",
             "digdag.env.store({'a': 1, f'b{n}': 2})",
             "digdag.env.store({'count%d' % n: 2})",
             "digdag.env.store({k: v for k, v in rows})",
             "digdag.env.store(**row)",
             "digdag.env.store(json.load(file))",
             "digdag.env.store({'a': 1}, **row)",
             "env.store_params.update(row)",
             "digdag.env.store_params[key] = 1",
         }) {
        EXPECT_TRUE(computes(computed)) << computed;
    }
    EXPECT_FALSE(stores_computed_names("cache.store(key)\n", ScriptLanguage::kPython));
}

TEST(StoredNames, OfRuby) {
    auto computes = [](const std::string& line) {
        return stores_computed_names(line + "\n  next_line\n", ScriptLanguage::kRuby);
    };
    for (const char* literal : {
             "Digdag.env.store(a: 1, 'b' => x[1, 2])",
             "Digdag.env.store({\"a\" => 1, :b => 2, c: 3})",
             "Digdag.env.store a: 1,\n  b: 2",
         }) {
        EXPECT_FALSE(computes(literal)) << literal;
    }
    for (const char* computed : {
             "Digdag.env.store(key => 1)",
             "Digdag.env.store(row)",
             "Digdag.env.store row",
             "Digdag.env.store(\"a#{n}\" => 1)",
             "Digdag.env.store(**row)",
         }) {
        EXPECT_TRUE(computes(computed)) << computed;
    }
}

}  // namespace
}  // namespace mogura::cli::check
