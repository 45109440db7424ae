#!/usr/bin/env bash
# Project archives against other programs' tar: what we write they read, what they write we read,
# and what a stranger plants stays inside. First argument: the program.
# digdag 1.8.1, 1.8.2, 1.8.3, 1.8.4, 9.5.4
set -euo pipefail
source "$(dirname "$0")/common.bash"
at_end() { chmod -R u+rwX "$folder"; }
export HOME=$folder TZ=UTC
ln -s "$program" digdag

mkdir -p project/queries project/.git project/logs "project/$(printf 'd%.0s' {1..80})"
printf '+a:\n  sh>: ./run.sh\n' >project/daily.dig
printf '#!/bin/sh\ncat queries/latest.sql\n' >project/run.sh
chmod 750 project/run.sh
echo 'SELECT 1' >project/queries/2026.sql
ln -s 2026.sql project/queries/latest.sql
ln -s "$folder/project/run.sh" project/again.sh
echo long >"project/$(printf 'd%.0s' {1..80})/$(printf 'f%.0s' {1..100})"
echo 日本 >project/日本.txt
echo secret >project/.git/config
echo noise >project/logs/today.log
echo '*.log' >project/.digdagignore

# What we write.
expect_exit 0 "$program" archive --project project
has '  again.sh -> run.sh'
has '  queries/latest.sql -> 2026.sql'
has 'Created project.tar.gz: 7 files, '
[ "$(ls)" = "$(printf '%s\n' digdag log project project.tar.gz)" ] || fail "something was left: $(ls | xargs)"
tar tzf project.tar.gz 2>/dev/null | grep -q '/$' && fail "folders are no entries"
# Without a locale tar would write other letters as numbers.
tar tzf project.tar.gz --quoting-style=literal 2>/dev/null | LC_ALL=C sort -c || fail "names are sorted"
mkdir by_tar && tar xzf project.tar.gz -C by_tar 2>/dev/null || fail "tar reads it"
cp -r project expected && rm -r expected/.git expected/logs expected/.digdagignore
ln -sf run.sh expected/again.sh
diff -r --no-dereference expected by_tar || fail "tar found other files"
[ "$(stat -c %a by_tar/run.sh)" = 750 ] || fail "the mode of run.sh"
cp project.tar.gz first.tar.gz
touch project/daily.dig
(cd project && "$program" archive -o ../project.tar.gz >../log) || fail "from within"
cmp first.tar.gz project.tar.gz || fail "the same files must be the same bytes"
# Within the project, under the default name: neither the archive nor what it is made of goes in.
cp -r project within
ln -sf run.sh within/again.sh
for number in 1 2 3; do head -c 60000 /dev/urandom >"within/random$number"; done
for name in "$program" ../digdag; do
  (cd within && "$name" archive >../log 2>&1) || fail "$name archive within the project"
  has 'random3'
  grep -q 'new\.[0-9]\|  .*tar.gz$' log && fail "the archive is in itself"
  mv within/*.tar.gz once.tar.gz
  for _ in 1 2; do  # the second time over the first one
    (cd within && "$name" archive >../log 2>&1) || fail "$name archive within the project, again"
    cmp within/*.tar.gz once.tar.gz || fail "$name: the same files must be the same bytes"
  done
  rm within/*.tar.gz
done
# What a killed one has left goes away.
sh -c 'exit 0' &
gone=$!
wait $gone
touch "within/within.tar.gz.new.$gone"
(cd within && "$program" archive >../log 2>&1) || fail "with leftovers"
[ ! -e "within/within.tar.gz.new.$gone" ] || fail "the leftovers"

# And back.
expect_exit 0 "$program" archive --list project.tar.gz
has '750           33  run.sh'
has '7 files, '
expect_exit 0 "$program" archive --extract back/ project.tar.gz
has 'Extracted 7 files, '
diff -r --no-dereference expected back || fail "we found other files"
(cd back && "$program" run daily.dig --session 2026-03-10 >../log 2>&1) || fail "the project must run"
has 'SELECT 1'
expect_exit 1 "$program" archive --extract back project.tar.gz
has 'error: back: something is there (name a folder that is new or empty)'
mkdir empty
(cd empty && "$program" archive --extract . ../project.tar.gz >../log 2>&1 && ls >/dev/null) || fail "into ."
has 'Extracted 7 files, '
diff -r --no-dereference expected empty || fail "into .: we found other files"
mkdir empty_too
expect_exit 0 "$program" archive --extract empty_too project.tar.gz
diff -r --no-dereference expected empty_too || fail "an empty folder: we found other files"

# What others write: GNU tar's own format and pax, with folders and a leading "./".
for format in gnu pax ustar; do
  tar czf "$format.tar.gz" --format "$format" --exclude .git --exclude logs --exclude .digdagignore \
    -C project . 2>/dev/null || { [ $format = ustar ] && continue; fail "tar --format $format"; }
  expect_exit 1 "$program" archive --extract "by_$format" "$format.tar.gz"
  has 'Archive includes an invalid symlink: again.sh -> /'
  [ ! -e "by_$format" ] || fail "a part was left"
done
ln -sf run.sh project/again.sh
for format in gnu pax; do
  tar czf "$format.tar.gz" --format "$format" --exclude .git --exclude logs --exclude .digdagignore \
    -C project .
  expect_exit 0 "$program" archive --extract "by_$format" "$format.tar.gz"
  diff -r --no-dereference expected "by_$format" || fail "$format: we found other files"
done

# Links out.
echo outside >outside
ln -s ../outside project/out
expect_exit 1 "$program" archive --project project -o bad.tar.gz
has 'error: Invalid symbolic link: out -> ../outside leads out of'
[ -z "$(ls | grep bad)" ] || fail "a part of the archive was left: $(ls | xargs)"
expect_exit 0 "$program" archive --project project -o copied.tar.gz --copy-outgoing-symlinks
[ "$(tar xOzf copied.tar.gz out)" = outside ] || fail "the copy"
rm project/out

# Archives of strangers, made by Python's tarfile.
/usr/bin/python3 - <<'PYTHON'
import io, tarfile
def make(name, *entries):
    with tarfile.open(name, "w:gz") as tar:
        for path, kind, more in entries:
            info = tarfile.TarInfo(path)
            info.type = kind
            body = b""
            if kind == tarfile.REGTYPE:
                body = more
                info.size = len(body)
            else:
                info.linkname = more
            tar.addfile(info, io.BytesIO(body))
f, s, h, d = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE
make("evil_up.tar.gz", ("ok", f, b"1"), ("../planted", f, b"1"))
make("evil_root.tar.gz", ("/tmp/mogura-planted", f, b"1"))
make("evil_link.tar.gz", ("here", s, ".."), ("here/planted", f, b"1"))
make("evil_inner.tar.gz", ("d/x", f, b"1"), ("here", s, "d"), ("here/planted", f, b"1"))
make("evil_hard.tar.gz", ("planted", h, "../outside"))
make("evil_hard_root.tar.gz", ("planted", h, "/etc/passwd"))
make("evil_device.tar.gz", ("planted", d, ""))
make("evil_long.tar.gz", ("x/" * 200 + "../" * 201 + "planted", f, b"1"))
make("large.tar.gz", ("zeros", f, bytes(3 << 20)))
PYTHON
for archive in evil_*.tar.gz; do
  expect_exit 1 "$program" archive --extract taken "$archive"
  has "error: $archive: Archive includes an invalid "
  [ ! -e taken ] && [ ! -e planted ] && [ ! -e /tmp/mogura-planted ] || fail "$archive was not refused"
  ls | grep -q new && fail "$archive: something was left: $(ls | xargs)"
  mkdir taken
  expect_exit 1 "$program" archive --extract taken "$archive"
  rmdir taken || fail "$archive: something was left in the folder: $(ls -A taken | xargs)"
done
expect_exit 1 "$program" archive --extract taken large.tar.gz
has 'Size of a file in the archive exceeds limit (3145728 > 2097152 bytes): zeros (--max-size BYTES allows more)'
expect_exit 0 "$program" archive --extract taken large.tar.gz --max-size 3145728
head -c 200 project.tar.gz >cut.tar.gz
expect_exit 1 "$program" archive --list cut.tar.gz
has 'error: cut.tar.gz: the compressed bytes end too early'
expect_exit 1 "$program" archive --list missing.tar.gz
has 'missing.tar.gz: cannot open: No such file'
expect_exit 1 "$program" archive project.tar.gz
has 'needs --list or --extract DIR'

# Under the name digdag (9.5.4).
expect_exit 0 ./digdag archive --project project
has 'Creating digdag.archive.tar.gz...'
has '  Archiving queries/latest.sql'
has '    symlink -> 2026.sql'
has 'Created digdag.archive.tar.gz.'
printf '+a:\n  sh>: x\n  echo>: y\n' >project/bad.dig
expect_exit 1 ./digdag archive --project project
has 'more than one operator'
echo ok
