// Words of Digdag's language and of its well-known plug-ins that are not here: what each is, and
// what to use instead (spec digdag 4.0.1, 4.21).

#include "plugins/plugins.h"

#include <string>

namespace mogura::plugins {
namespace {

struct Absent {
    const char* word;
    const char* what;
    const char* instead;
};

constexpr Absent kLater[] = {
    {"redshift_load", "loads files into Redshift", "sh> with psql and COPY"},
    {"redshift_unload", "writes a Redshift query to S3", "sh> with psql and UNLOAD"},
    {"s3_wait", "waits for an object in S3",
     "sh> with the aws program, and _retry with an interval"},
    {"s3_copy", "copies objects in S3", "sh> with `aws s3 cp`"},
    {"s3_delete", "deletes objects in S3", "sh> with `aws s3 rm`"},
    {"s3_move", "moves objects in S3", "sh> with `aws s3 mv`"},
    {"gcs_wait", "waits for an object in Cloud Storage",
     "sh> with gsutil, and _retry with an interval"},
    {"bq", "runs SQL on BigQuery", "sh> with `bq query`"},
    {"bq_load", "loads files into BigQuery", "sh> with `bq load`"},
    {"bq_extract", "writes a BigQuery table to files", "sh> with `bq extract`"},
    {"bq_ddl", "creates and drops BigQuery tables", "sh> with `bq mk` and `bq rm`"},
    {"athena.query", "runs SQL on Athena",
     "query> over the same files, or sh> with the aws program"},
    {"athena.ctas", "writes an Athena query to a table", "query> with files as its output"},
    {"athena.preview", "shows rows of an Athena query", "query> over the same files"},
    {"ecs_task.run", "runs a task on Amazon ECS", "sh> with `aws ecs run-task`"},
    {"ecs_task.py", "runs Python on Amazon ECS", "sh> with `aws ecs run-task`"},
    {"ecs_task.sh", "runs a script on Amazon ECS", "sh> with `aws ecs run-task`"},
};

constexpr const char* kNever[] = {
    "td",
    "td_for_each",
    "td_run",
    "td_load",
    "td_ddl",
    "td_table_export",
    "td_wait",
    "td_wait_table",
    "td_partial_delete",
    "td_result_export",
    "emr",
};

// Words of Java plug-ins, as published workflows have them.
constexpr const char* kJava[] = {
    "ssh",
    "sentry",
    "snow",
    "emr_fleet.create_cluster",
    "emr_fleet.shutdown_cluster",
    "emr_fleet.detect_clusters",
    "emr_fleet.wait_cluster",
    "emr_fleet.add_steps",
    "ecs_register",
    "ecs_run",
    "ecs_task.embulk",
    "ecs_task.rb",
    "athena.add_partition",
    "athena.apas",
    "athena.drop_partition",
    "athena.drop_table",
    "athena.drop_table_multi",
    "athena.partition_exists?",
    "athena.table_exists?",
    "aws.appconfig.get_configuration",
    "aws.ecs.run_task",
    "param_store",
    "param_reset",
    "param_eval",
    "datadog_event",
    "cost_explorer.get_cost",
    "livy",
    "livy.submit_job",
    "gke",
    "store_gke_config",
    "k8s_job",
    "bq_wait",
    "mssql",
    "fluent",
    "sh_result",
    "chatwork",
    "hangouts",
    "s3_touch",
    "blob_wait",
    "storage_queue_wait",
    "myjdbc",
    "secrets",
};

constexpr const char* kOwnOperator =
    "a program of your own under this word, plugin: operators: "
    "(docs/guide/own_operators.md)";

std::string never(const std::string& word) {
    bool is_emr = word == "emr";
    return word + "> drives a service of " + (is_emr ? "Amazon EMR" : "Treasure Data") +
           ": not part of Mogura (call its command line program in sh>" +
           (is_emr ? "" : ", run the SQL over files with query>") + ", or put " + kOwnOperator +
           ")";
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, absent) {
    using namespace mogura::plugins;
    for (const Absent& absent : kLater) {
        std::string word = absent.word;
        registry.operators.add_absent(word, word + "> " + absent.what +
                                                ": comes with a later version (use " +
                                                absent.instead + ")");
    }
    for (const char* word : kNever) registry.operators.add_absent(word, never(word));
    for (const std::string word : kJava) {
        registry.operators.add_absent(
            word, word + "> is of a Java plug-in, which is not built in: put " + kOwnOperator);
    }
}
