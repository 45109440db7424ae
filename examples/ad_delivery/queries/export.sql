SELECT * FROM ${table}
