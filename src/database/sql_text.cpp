#include "database/sql_text.h"

#include <algorithm>
#include <cctype>

namespace mogura::database {
namespace {

enum class Dialect { kStandard, kMysql };

// A word, a quoted text, a comment, blanks, or one other character.
struct Token {
    enum class Kind { kBlank, kComment, kQuoted, kWord, kOther };
    Kind kind;
    std::string_view text;
};

bool is_word_letter(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '$' ||
           static_cast<unsigned char>(letter) >= 0x80;
}

size_t end_of_quoted(std::string_view sql, Dialect dialect) {
    const char quote = sql.front();
    for (size_t place = 1; place < sql.size(); ++place) {
        if (sql[place] == '\\' && dialect == Dialect::kMysql && quote != '`') {
            ++place;
        } else if (sql[place] == quote) {
            return place + 1;  // a doubled quote reads as two texts side by side
        }
    }
    return sql.size();
}

bool starts_line_comment(std::string_view sql, Dialect dialect) {
    if (dialect == Dialect::kStandard) return sql.starts_with("--");
    if (sql.starts_with('#')) return true;
    return sql.starts_with("--") &&
           (sql.size() == 2 || std::isspace(static_cast<unsigned char>(sql[2])));
}

Token next_token(std::string_view sql, Dialect dialect) {
    auto token = [sql](Token::Kind kind, size_t size) { return Token{kind, sql.substr(0, size)}; };
    auto while_true = [sql](auto&& test) {
        return static_cast<size_t>(std::find_if_not(sql.begin(), sql.end(), test) - sql.begin());
    };
    const char first = sql.front();
    if (std::isspace(static_cast<unsigned char>(first))) {
        return token(Token::Kind::kBlank,
                     while_true([](unsigned char letter) { return std::isspace(letter) != 0; }));
    }
    if (starts_line_comment(sql, dialect)) {
        return token(Token::Kind::kComment, std::min(sql.find('\n'), sql.size()));
    }
    if (sql.starts_with("/*") && !sql.starts_with("/*!") && !sql.starts_with("/*M!")) {
        size_t end = sql.find("*/", 2);
        return token(Token::Kind::kComment, end == sql.npos ? sql.size() : end + 2);
    }
    if (first == '\'' || first == '"' || first == '`') {
        return token(Token::Kind::kQuoted, end_of_quoted(sql, dialect));
    }
    if (is_word_letter(first)) return token(Token::Kind::kWord, while_true(is_word_letter));
    return token(Token::Kind::kOther, 1);
}

std::string upper(std::string_view word) {
    std::string result(word);
    for (char& letter : result) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return result;
}

bool is_stored_program(const std::vector<std::string>& words) {
    if (words.empty() || words[0] != "CREATE") return false;
    return std::ranges::any_of(words, [](const std::string& word) {
        return word == "TRIGGER" || word == "PROCEDURE" || word == "FUNCTION" || word == "EVENT";
    });
}

// How deep in BEGIN ... END and CASE ... END the words so far lead.
class Nesting {
  public:
    void add(const std::string& word) {
        if (after_end_ && (word == "IF" || word == "LOOP" || word == "WHILE" || word == "REPEAT" ||
                           word == "FOR")) {
            depth_ = depth_before_;  // that END closed something which was not counted
        } else if ((word == "BEGIN" || word == "CASE") && !after_end_) {
            ++depth_;
        }
        after_end_ = word == "END";
        if (after_end_) {
            depth_before_ = depth_;
            depth_ = std::max(0, depth_ - 1);
        }
    }
    bool is_open() const { return depth_ > 0; }
    void end_statement() { after_end_ = false; }

  private:
    int depth_ = 0;
    int depth_before_ = 0;
    bool after_end_ = false;  // the last word was END: END IF, END LOOP, END CASE may follow
};

}  // namespace

std::vector<std::string_view> split_mysql_statements(std::string_view sql) {
    constexpr size_t kHeadWords = 12;  // CREATE OR REPLACE DEFINER = ... TRIGGER
    std::vector<std::string_view> statements;
    std::vector<std::string> words;
    Nesting nesting;
    size_t begin = sql.npos;
    size_t place = 0;
    auto end_statement = [&](size_t end) {
        if (begin != sql.npos) {
            std::string_view statement = sql.substr(begin, end - begin);
            while (std::isspace(static_cast<unsigned char>(statement.back()))) {
                statement.remove_suffix(1);
            }
            statements.push_back(statement);
        }
        begin = sql.npos;
        words.clear();
        nesting = Nesting();
    };
    while (place < sql.size()) {
        Token token = next_token(sql.substr(place), Dialect::kMysql);
        const bool is_text =
            token.kind != Token::Kind::kBlank && token.kind != Token::Kind::kComment;
        if (token.text == ";") {
            nesting.end_statement();
            if (!nesting.is_open()) end_statement(place);
        } else if (is_text && begin == sql.npos) {
            begin = place;
        }
        if (token.kind == Token::Kind::kWord) {
            if (words.size() < kHeadWords) words.push_back(upper(token.text));
            if (is_stored_program(words)) nesting.add(upper(token.text));
        }
        place += token.text.size();
    }
    end_statement(sql.size());
    return statements;
}

size_t start_of_sql(std::string_view sql) {
    size_t place = 0;
    while (place < sql.size()) {
        Token token = next_token(sql.substr(place), Dialect::kStandard);
        if (token.kind != Token::Kind::kBlank && token.kind != Token::Kind::kComment &&
            token.text != ";") {
            return place;
        }
        place += token.text.size();
    }
    return place;
}

std::vector<std::string> sql_words(std::string_view sql, size_t words_max) {
    std::vector<std::string> words;
    while (!sql.empty() && words.size() < words_max) {
        Token token = next_token(sql, Dialect::kStandard);
        if (token.kind == Token::Kind::kWord) words.push_back(upper(token.text));
        sql.remove_prefix(token.text.size());
    }
    return words;
}

}  // namespace mogura::database
