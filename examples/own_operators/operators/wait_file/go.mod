module wait_file

go 1.19
