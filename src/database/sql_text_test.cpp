#include "database/sql_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::database {
namespace {

using testing::ElementsAre;

TEST(MysqlStatements, EndAtSemicolonsOutsideQuotesAndComments) {
    EXPECT_THAT(split_mysql_statements("select ';', \"a\\\";\" ; -- no; \n # no;\n"
                                       "/* no; */ select `;` from t;;\n"),
                ElementsAre("select ';', \"a\\\";\"", "select `;` from t"));
}

TEST(MysqlStatements, KeepTheBodyOfATriggerTogether) {
    EXPECT_THAT(split_mysql_statements("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\n"
                                       "IF NEW.a > 1 THEN SET NEW.a = 1; END IF;\n"
                                       "SET NEW.b = CASE WHEN 1 THEN 2 END;\n"
                                       "END; select 1"),
                ElementsAre(testing::EndsWith("END;\nEND"), "select 1"));
    EXPECT_THAT(split_mysql_statements("begin; select 1; commit"),
                ElementsAre("begin", "select 1", "commit"));
}

TEST(SqlText, KnowsWhenOnlyCommentsAreLeft) {
    EXPECT_TRUE(is_blank_sql(" ; -- x\n /* y */ "));
    EXPECT_FALSE(is_blank_sql(" ; -- x\n select"));
    EXPECT_THAT(sql_words("/* insert */ select 'update' from t", 5),
                ElementsAre("SELECT", "FROM", "T"));
}

}  // namespace
}  // namespace mogura::database
