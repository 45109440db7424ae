#include "database/mysql_code.h"

namespace mogura::database {
namespace {

// Numbers from 2000 to 2999 are the client's, all others the server's.
enum Number : unsigned int {
    kDiskFull = 1021,
    kDuplicateKey = 1022,
    kTooManyConnections = 1040,
    kDatabaseDenied = 1044,
    kAccessDenied = 1045,
    kUnknownDatabase = 1049,
    kTableExists = 1050,
    kServerShutdown = 1053,
    kDuplicateEntry = 1062,
    kRecordFileFull = 1114,
    kTableDenied = 1142,
    kColumnDenied = 1143,
    kNoSuchTable = 1146,
    kPacketTooLarge = 1153,
    kDuplicateUnique = 1169,
    kLockWait = 1205,
    kReadOnlyTransaction = 1207,
    kDeadlock = 1213,
    kForeignKeyChild = 1216,
    kForeignKeyParent = 1217,
    kPrivilegeDenied = 1227,
    kReadOnlyServer = 1290,
    kInterrupted = 1317,
    kParentRowReferenced = 1451,
    kNoParentRow = 1452,
    kDuplicateEntryWithKey = 1586,
    kAccessDeniedWithoutPassword = 1698,
    kAccessDeniedByPlugin = 1873,
    kConnectionKilled = 1927,
    kStatementTimeoutMariadb = 1969,
    kStatementTimeoutMysql = 3024,
    kLockNowait = 3572,
    kCheckViolated = 4025,
    kSocketError = 2002,
    kHostError = 2003,
    kUnknownHost = 2005,
    kServerGone = 2006,
    kHandshakeError = 2012,
    kServerLost = 2013,
    kPacketTooLargeForClient = 2020,
    kSslError = 2026,
    kServerLostExtended = 2055,
};

}  // namespace

Code mysql_code(unsigned int error_number) {
    switch (error_number) {
        case kDatabaseDenied:
        case kAccessDenied:
        case kTableDenied:
        case kColumnDenied:
        case kPrivilegeDenied:
        case kReadOnlyTransaction:
        case kReadOnlyServer:
        case kAccessDeniedWithoutPassword:
        case kAccessDeniedByPlugin:
            return Code::kDenied;
        case kUnknownDatabase:
        case kNoSuchTable:
            return Code::kNotFound;
        case kDuplicateKey:
        case kTableExists:
        case kDuplicateEntry:
        case kDuplicateUnique:
        case kForeignKeyChild:
        case kForeignKeyParent:
        case kParentRowReferenced:
        case kNoParentRow:
        case kDuplicateEntryWithKey:
        case kCheckViolated:
            return Code::kConflict;
        case kDiskFull:
        case kRecordFileFull:
        case kPacketTooLarge:
        case kPacketTooLargeForClient:
            return Code::kLimit;
        case kLockWait:
        case kDeadlock:
        case kStatementTimeoutMariadb:
        case kStatementTimeoutMysql:
        case kLockNowait:
            return Code::kTimeout;
        case kInterrupted:
            return Code::kCanceled;
        case kTooManyConnections:
        case kServerShutdown:
        case kConnectionKilled:
        case kSocketError:
        case kHostError:
        case kUnknownHost:
        case kServerGone:
        case kHandshakeError:
        case kServerLost:
        case kSslError:
        case kServerLostExtended:
            return Code::kUnavailable;
        default:
            return Code::kInvalid;
    }
}

std::string_view mysql_remedy(unsigned int error_number) {
    switch (error_number) {
        case kAccessDenied:
        case kAccessDeniedWithoutPassword:
        case kAccessDeniedByPlugin:
            return " (check user and password)";
        case kDatabaseDenied:
        case kTableDenied:
        case kColumnDenied:
            return " (GRANT the user what is missing)";
        case kUnknownDatabase:
            return " (create the database, or correct its name)";
        case kSocketError:
        case kHostError:
        case kUnknownHost:
            return " (is it running, and are host and port right?)";
        case kServerGone:
        case kServerLost:
        case kServerLostExtended:
            return " (has the server stopped? its log says why)";
        case kPacketTooLarge:
        case kPacketTooLargeForClient:
            return " (raise max_allowed_packet of the server)";
        case kSslError:
            return " (does the server speak TLS? ssl: disable does without)";
        default:
            return "";
    }
}

bool is_mysql_connection_lost(unsigned int error_number) {
    return error_number == kServerGone || error_number == kServerLost ||
           error_number == kServerLostExtended || error_number == kServerShutdown ||
           error_number == kConnectionKilled;
}

}  // namespace mogura::database
