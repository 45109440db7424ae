#include "engine/secrets.h"

#include <gtest/gtest.h>

#include <map>

namespace mogura::engine {
namespace {

class Few final : public Secrets {
  public:
    Result<std::optional<std::string>> find(const std::string& key) const override {
        auto found = values.find(key);
        if (found == values.end()) return {{}};
        return {found->second};
    }
    std::map<std::string, std::string> values = {{"pg.password", "stock"},
                                                 {"my_pg.password", "mine"},
                                                 {"own", "word"},
                                                 {"odd", "$1 \\ ${secret:own}"}};
};

config::Map parse(const std::string& yaml) {
    auto value = config::parse_yaml(yaml, {});
    EXPECT_TRUE(value.ok());
    return value->map();
}

// digdag 7.4
TEST(Secrets, RedirectsFollowTheMapping) {
    struct Case {
        const char* parameters;
        const char* key;
        const char* value;
    };
    const Case cases[] = {
        {"{}", "pg.password", "stock"},
        {"_secrets: {pg: my_pg}", "pg.password", "mine"},
        {"_secrets: {pg: {password: own}}", "pg.password", "word"},
        {"_secrets: {pg: true}", "pg.password", "stock"},
        {"_secrets: {other: my_pg}", "pg.password", "stock"},
    };
    Few secrets;
    for (const Case& one : cases) {
        SCOPED_TRACE(one.parameters);
        EXPECT_EQ(*required_secret(secrets, parse(one.parameters), one.key), one.value);
    }
    auto bad = required_secret(secrets, parse("_secrets: {pg: 3}"), "pg.password");
    EXPECT_EQ(bad.error().message(), "Illegal value in _secrets: 3");
}

// digdag 7.8
TEST(Secrets, AMissingOneIsNamedOnlyWhenItIsRequired) {
    EXPECT_FALSE(find_secret(no_secrets(), {}, "a.b")->has_value());
    EXPECT_EQ(required_secret(no_secrets(), {}, "a.b").error().message(),
              "Secret not found for key: 'a.b'");
}

// digdag 7.5, 7.6, 7.7
TEST(Secrets, TextTakesThemAsTheyAre) {
    struct Case {
        const char* text;
        const char* resolved;
    };
    const Case cases[] = {
        {"", ""},
        {"plain $x ${x} ${", "plain $x ${x} ${"},
        {"a ${secret:own} b ${ secret : pg.password }", "a word b stock"},
        {"${secret:odd}!", "$1 \\ ${secret:own}!"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.text);
        EXPECT_EQ(*resolve_secrets(Few(), one.text), one.resolved);
    }
    EXPECT_EQ(resolve_secrets(Few(), "${env:x}").error().message(),
              "Invalid parametrization: '${env:x}'");
    EXPECT_EQ(resolve_secrets(Few(), "${secret:no}").error().message(),
              "Secret not found for key: 'no'");
}

}  // namespace
}  // namespace mogura::engine
