#include "database/postgresql.h"

#include "database/postgresql_code.h"
#include "database/postgresql_library.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mogura::database {

namespace {

// libpq's messages end with a line end.
std::string first_line(std::string_view message) {
    return std::string(message.substr(0, message.find('\n')));
}

struct ClearResult {
    const PqLibrary* library;
    void operator()(PGresult* result) const { library->clear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

std::string place_of(const PostgresqlOptions& options) {
    if (options.host.starts_with('/')) return "PostgreSQL at " + options.host;
    return "PostgreSQL at " + options.host + ":" + std::to_string(options.port);
}

// Before there is a session the server's codes are not to be had, only its words.
Error connect_failure(const std::string& place, std::string_view message) {
    auto says = [&](std::string_view words) { return message.find(words) != message.npos; };
    std::string text(message.substr(0, message.find_last_not_of('\n') + 1));
    std::ranges::replace(text, '\n', ' ');
    if (says("authentication failed") || says("pg_hba.conf") || says("no password supplied") ||
        (says("role \"") && says("does not exist")) || says("permission denied for database")) {
        return {Code::kDenied, place + ": " + text + " (check user and password)"};
    }
    if (says("database \"") && says("does not exist")) {
        return {Code::kNotFound,
                place + ": " + text + " (create the database, or correct its name)"};
    }
    return {Code::kUnavailable, "cannot reach " + place + ": " + text +
                                    " (is it running, and are host and port right?)"};
}

}  // namespace

struct PostgresqlRows::Held {
    ResultHandle result;
};

struct PostgresqlSession {
    const PqLibrary* library;
    PGconn* handle;
    PGcancel* canceller;
    std::string place;
    std::chrono::seconds answer_timeout;
    std::string sql = {};  // the last statement, for error_offset()
    std::optional<size_t> error_offset = {};

    ~PostgresqlSession() {
        if (canceller) library->free_cancel(canceller);
        if (handle) library->finish(handle);
    }

    Error lost() const {
        return {Code::kUnavailable,
                place + ": the connection was lost: " + first_line(library->error_message(handle)) +
                    " (has the server stopped? its log says why)"};
    }

    // Of the connection, when there is no result to ask.
    Error failure() const {
        if (library->status(handle) == CONNECTION_BAD) return lost();
        return {Code::kInvalid, place + ": " + first_line(library->error_message(handle))};
    }

    Error failure(const PGresult* result) {
        const char* state = library->error_field(result, PG_DIAG_SQLSTATE);
        if (!state || library->status(handle) == CONNECTION_BAD) return lost();
        note_offset(library->error_field(result, PG_DIAG_STATEMENT_POSITION));
        std::string message = place + ": ";
        if (is_postgresql_connection_lost(state)) message += "the connection was lost: ";
        message += library->error_field(result, PG_DIAG_MESSAGE_PRIMARY);
        for (const int field : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT}) {
            const char* more = library->error_field(result, field);
            if (more) message += std::string("; ") + first_line(more);
        }
        return {postgresql_code(state), message + std::string(postgresql_remedy(state))};
    }

    // The server counts characters from 1.
    void note_offset(const char* position) {
        error_offset.reset();
        size_t characters = 0;
        if (!position) return;
        const std::string_view digits = position;
        std::from_chars(digits.data(), digits.data() + digits.size(), characters);
        size_t offset = 0;
        for (; offset < sql.size(); ++offset) {
            const bool starts = (static_cast<unsigned char>(sql[offset]) & 0xC0) != 0x80;
            if (starts && --characters == 0) break;
        }
        error_offset = offset;
    }

    Result<> sent(int success) const {
        if (success != 1) return failure();
        return {};
    }

    // Waits until something can be read.
    Result<> wait() const {
        using std::chrono::milliseconds;
        pollfd watched{.fd = library->socket(handle), .events = POLLIN, .revents = 0};
        if (watched.fd < 0) return lost();
        const int limit = answer_timeout.count() > 0
                              ? static_cast<int>(milliseconds(answer_timeout).count())
                              : -1;
        if (::poll(&watched, 1, limit) == 0) {
            std::array<char, 256> problem{};
            library->cancel(canceller, problem.data(), static_cast<int>(problem.size()));
            return Error(Code::kTimeout, place + ": no answer within " +
                                             std::to_string(answer_timeout.count()) + " s");
        }
        if (library->consume_input(handle) != 1) return lost();
        return {};
    }

    // The next result of what was sent; null at the end.
    Result<ResultHandle> next() const {
        while (library->is_busy(handle) != 0) TRY(wait());
        return ResultHandle(library->get_result(handle), ClearResult{library});
    }

    // Takes what is left of a statement, so that the next one can be sent.
    void drain() const {
        while (true) {
            auto result = next();
            if (!result.ok() || !*result) return;
            const ExecStatusType status = library->result_status(result->get());
            if (status == PGRES_COPY_IN) library->put_copy_end(handle, "not wanted");
            if (status == PGRES_COPY_OUT) drop_copy();
        }
    }

    void drop_copy() const {
        char* bytes = nullptr;
        while (library->get_copy_data(handle, &bytes, /*async=*/0) > 0) library->free_memory(bytes);
    }

    // Every result; the last one is returned.
    Result<PostgresqlRows> all() {
        ResultHandle last(nullptr, ClearResult{library});
        while (true) {
            auto result = TRY(next());
            if (!result) break;
            const ExecStatusType status = library->result_status(result.get());
            if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
                Error error = failure(result.get());
                drain();
                return error;
            }
            if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
                if (status == PGRES_COPY_IN) library->put_copy_end(handle, "not wanted");
                if (status == PGRES_COPY_OUT) drop_copy();
                drain();
                return Error(Code::kUnsupported,
                             place + ": COPY from STDIN or to STDOUT cannot run here");
            }
            last = std::move(result);
        }
        return PostgresqlRows(
            std::make_unique<PostgresqlRows::Held>(PostgresqlRows::Held{std::move(last)}));
    }

    Result<> send(std::string_view text) {
        sql = text;
        error_offset.reset();
        return sent(library->send_query(handle, sql.c_str()));
    }
};

PostgresqlRows::PostgresqlRows(std::unique_ptr<Held> held) : held_(std::move(held)) {
    const PGresult* result = held_->result.get();
    if (!result) return;
    const PqLibrary& library = *held_->result.get_deleter().library;
    size_ = static_cast<size_t>(library.rows(result));
    for (int field = 0; field < library.fields(result); ++field) {
        fields_.push_back({.name = library.field_name(result, field),
                           .type = static_cast<PostgresqlType>(library.field_type(result, field)),
                           .modifier = library.field_modifier(result, field)});
    }
    const std::string_view changed = library.changed(held_->result.get());
    std::from_chars(changed.data(), changed.data() + changed.size(), changed_);
}
PostgresqlRows::PostgresqlRows(PostgresqlRows&& other) noexcept = default;
PostgresqlRows& PostgresqlRows::operator=(PostgresqlRows&& other) noexcept = default;
PostgresqlRows::~PostgresqlRows() = default;

bool PostgresqlRows::is_null(size_t row, size_t field) const {
    const PqLibrary& library = *held_->result.get_deleter().library;
    return library.is_null(held_->result.get(), static_cast<int>(row), static_cast<int>(field)) !=
           0;
}

std::string_view PostgresqlRows::text(size_t row, size_t field) const {
    const PqLibrary& library = *held_->result.get_deleter().library;
    const auto line = static_cast<int>(row);
    const auto column = static_cast<int>(field);
    return {library.value(held_->result.get(), line, column),
            static_cast<size_t>(library.length(held_->result.get(), line, column))};
}

PostgresqlCopy::PostgresqlCopy(PostgresqlCopy&& other) noexcept
    : session_(std::exchange(other.session_, nullptr)) {}

PostgresqlCopy::~PostgresqlCopy() {
    if (!session_) return;
    session_->library->put_copy_end(session_->handle, "the load was given up");
    session_->drain();
}

Result<> PostgresqlCopy::write(std::string_view bytes) {
    // Both libpq and the server keep the whole of a message before they do anything with it.
    constexpr size_t kPieceBytes = 64 << 10;
    for (size_t place = 0; place < bytes.size(); place += kPieceBytes) {
        const std::string_view piece = bytes.substr(place, kPieceBytes);
        TRY(session_->sent(session_->library->put_copy_data(session_->handle, piece.data(),
                                                            static_cast<int>(piece.size()))));
    }
    return {};
}

Result<int64_t> PostgresqlCopy::finish() {
    PostgresqlSession& session = *std::exchange(session_, nullptr);
    TRY(session.sent(session.library->put_copy_end(session.handle, nullptr)));
    auto done = TRY(session.all());
    return done.changed();
}

Postgresql::Postgresql(std::unique_ptr<PostgresqlSession> session) : session_(std::move(session)) {}
Postgresql::~Postgresql() = default;

Result<std::unique_ptr<Postgresql>> Postgresql::connect(const PostgresqlOptions& options) {
    const PqLibrary* library = TRY(open_postgresql_library());
    const std::string port = std::to_string(options.port);
    const std::string timeout = std::to_string(options.connect_timeout.count());
    const char* ssl = options.ssl == PostgresqlOptions::Ssl::kOff       ? "disable"
                      : options.ssl == PostgresqlOptions::Ssl::kEncrypt ? "require"
                                                                        : "verify-full";
    const std::array<const char*, 10> names = {"host",     "port",       "user",
                                               "password", "dbname",     "application_name",
                                               "sslmode",  "gssencmode", "connect_timeout",
                                               nullptr};
    const std::array<const char*, 10> values = {options.host.c_str(),
                                                port.c_str(),
                                                options.user.c_str(),
                                                options.password.c_str(),
                                                options.database.c_str(),
                                                options.application_name.c_str(),
                                                ssl,
                                                "disable",
                                                timeout.c_str(),
                                                nullptr};
    std::unique_ptr<PostgresqlSession> session(
        new PostgresqlSession{.library = library,
                              .handle = library->connect(names.data(), values.data(), 0),
                              .canceller = nullptr,
                              .place = place_of(options),
                              .answer_timeout = options.answer_timeout});
    if (!session->handle) return Error(Code::kLimit, session->place + ": no memory");
    library->set_notice_processor(session->handle, [](void*, const char*) {}, nullptr);
    if (library->status(session->handle) != CONNECTION_OK) {
        return connect_failure(session->place, library->error_message(session->handle));
    }
    session->canceller = library->get_cancel(session->handle);
    std::unique_ptr<Postgresql> connection(new Postgresql(std::move(session)));
    TRY(connection->execute(
        "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET timezone = 'UTC'; "
        "SET extra_float_digits = 2"));
    return connection;
}

Result<int64_t> Postgresql::execute(std::string_view sql) {
    auto rows = TRY(query(sql));
    return rows.changed();
}

Result<PostgresqlRows> Postgresql::query(std::string_view sql) {
    TRY(session_->send(sql));
    return session_->all();
}

Result<PostgresqlRows> Postgresql::query(std::string_view sql,
                                         const PostgresqlParameters& parameters) {
    std::vector<const char*> values;
    for (const auto& parameter : parameters) {
        values.push_back(parameter ? parameter->c_str() : nullptr);
    }
    session_->sql = sql;
    session_->error_offset.reset();
    TRY(session_->sent(session_->library->send_query_params(
        session_->handle, session_->sql.c_str(), static_cast<int>(values.size()), nullptr,
        values.data(), nullptr, nullptr, 0)));
    return session_->all();
}

Result<std::string> Postgresql::value(std::string_view sql) {
    auto rows = TRY(query(sql));
    if (rows.size() == 0 || rows.fields().empty() || rows.is_null(0, 0)) return std::string();
    return std::string(rows.text(0, 0));
}

Result<std::vector<PostgresqlField>> Postgresql::describe(std::string_view sql) {
    session_->sql = sql;
    session_->error_offset.reset();
    TRY(session_->sent(
        session_->library->send_prepare(session_->handle, "", session_->sql.c_str(), 0, nullptr)));
    TRY(session_->all());
    TRY(session_->sent(session_->library->send_describe(session_->handle, "")));
    auto described = TRY(session_->all());
    return described.fields();
}

Result<PostgresqlCopy> Postgresql::copy_in(std::string_view sql) {
    TRY(session_->send(sql));
    auto result = TRY(session_->next());
    if (session_->library->result_status(result.get()) == PGRES_COPY_IN) {
        return PostgresqlCopy(*session_);
    }
    const bool failed = session_->library->result_status(result.get()) == PGRES_FATAL_ERROR;
    Error error = failed ? session_->failure(result.get())
                         : Error(Code::kInvalid, place() + ": this is no COPY ... FROM STDIN");
    session_->drain();
    return error;
}

Result<> Postgresql::copy_out(std::string_view sql,
                              const std::function<Result<>(std::string_view)>& sink) {
    TRY(session_->send(sql));
    auto result = TRY(session_->next());
    if (session_->library->result_status(result.get()) != PGRES_COPY_OUT) {
        const bool failed = session_->library->result_status(result.get()) == PGRES_FATAL_ERROR;
        Error error = failed ? session_->failure(result.get())
                             : Error(Code::kInvalid, place() + ": this is no COPY ... TO STDOUT");
        session_->drain();
        return error;
    }
    Result<> taken;
    while (true) {
        char* bytes = nullptr;
        const int size = session_->library->get_copy_data(session_->handle, &bytes, /*async=*/1);
        if (size == 0) {
            TRY(session_->wait());
            continue;
        }
        if (size < 0) break;
        if (taken.ok()) {
            taken = sink({bytes, static_cast<size_t>(size)});
            if (!taken.ok()) cancel();
        }
        session_->library->free_memory(bytes);
    }
    auto done = session_->all();
    if (!taken.ok()) return taken;
    if (!done.ok()) return done.error();
    return {};
}

void Postgresql::cancel() {
    std::array<char, 256> problem{};  // one that fails finds a server that is gone
    session_->library->cancel(session_->canceller, problem.data(),
                              static_cast<int>(problem.size()));
}

std::optional<size_t> Postgresql::error_offset() const {
    return session_->error_offset;
}

const std::string& Postgresql::place() const {
    return session_->place;
}

Result<PostgresqlTransaction> PostgresqlTransaction::begin(Postgresql& connection,
                                                           std::string_view mode) {
    TRY(connection.execute("BEGIN " + std::string(mode)));
    return PostgresqlTransaction(connection);
}

PostgresqlTransaction::PostgresqlTransaction(PostgresqlTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

PostgresqlTransaction::~PostgresqlTransaction() {
    // Nothing can be done about a rollback that fails: the connection is gone, and with it the
    // transaction.
    if (connection_) [[maybe_unused]]
        auto ignored = connection_->execute("ROLLBACK");
}

Result<> PostgresqlTransaction::commit() {
    Postgresql& connection = *std::exchange(connection_, nullptr);
    TRY(connection.execute("COMMIT"));
    return {};
}

}  // namespace mogura::database
