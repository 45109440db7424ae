"""An HTTP server for tests: answers by path and writes down what it was asked.

    python3 http_server.py FOLDER [--tls CERTIFICATE KEY]

Writes its port to FOLDER/port and appends every request to FOLDER/requests, a JSON line each:
{"method", "target", "headers": [[name, value]...], "body"}. Paths: /status/N[?body=TEXT], /to?URL (302),
/to/STATUS?URL, /wait/SECONDS, /large/BYTES, /type?type=TYPE&body=TEXT, /flaky/N/NAME (503 for the first N times),
/list/TOTAL (below), else 200 "hello". In every query: fail=N refuses the same target N times, with
status=S (503) and after=TEXT in Retry-After; cut=N hangs up N times in the middle of the body. Targets
that hold the text of the file FOLDER/broken get 500. A request for a whole URL (a proxy's) is answered
with 200 "proxied". Ends when its standard input ends.

/list/TOTAL is a listing of the rows 1 to TOTAL, `limit` (3) of them from page=N (from 1), offset=N or
cursor=cN on; the form of a POST counts as its query. as=lines: {"id":1} a line; as=csv: with a header
line; as=json: {"items":[{"id":1}],"meta":{"next":"c3" or null,"url":"?..." or null}}. link=1 sends the
next page in the Link header, link=URL that URL; stuck=1 names the same page again and again,
endless=1 gives the same rows under ever new pages.
"""

import argparse
import http.server
import json
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse

counts = {}
lock = threading.Lock()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def listing(path, query):
    total, limit = int(path.split("/")[2]), int(query.get("limit", 3))
    first = int(query.get("offset", 0))
    if "page" in query:
        first = (int(query["page"]) - 1) * limit
    if "cursor" in query:
        first = int(query["cursor"][1:])
    if "stuck" in query:
        first = 0
    end = min(first + limit, total)
    rows = [{"id": number + 1} for number in range(first, end)]
    page = dict(query, offset=end)
    if "endless" in query:
        rows = [{"id": number + 1} for number in range(limit)]
        page["offset"] = first + limit
        end = -1
    page.pop("page", None)
    page.pop("cursor", None)
    following = "?" + urllib.parse.urlencode(page) if end < total else None
    headers = []
    if "link" in query and following:
        target = path + following if query["link"] == "1" else query["link"]
        headers = [("Link", '</first,page>; rel="first"'), ("link", '<%s>; title="a;b"; rel="last next"' % target)]
    if query.get("as") == "csv":
        body = "id\n" + "".join("%d\n" % row["id"] for row in rows)
    elif query.get("as") == "json":
        meta = {"next": "c%d" % end if following else None, "url": following}
        body = json.dumps({"items": rows, "meta": meta})
    else:
        body = "".join(json.dumps(row) + "\n" for row in rows)
    return 200, headers, body.encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        request = {
            "method": self.command,
            "target": self.path,
            "headers": self.headers.items(),
            "body": self.rfile.read(length).decode(),
        }
        with lock, open(os.path.join(options.folder, "requests"), "a") as file:
            file.write(json.dumps(request) + "\n")
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with lock:
            counts[self.path] = count = counts.get(self.path, 0) + 1
        broken = read(os.path.join(options.folder, "broken"))
        if broken and broken in self.path:
            status, headers, body = 500, [], b"broken"
        elif count <= int(query.get("fail", 0)):
            after = [("Retry-After", query["after"])] if "after" in query else []
            status, headers, body = int(query.get("status", 503)), after, b"not yet"
        elif url.path.startswith("/list/"):
            query.update(urllib.parse.parse_qsl(request["body"]))
            status, headers, body = listing(url.path, query)
        else:
            status, headers, body = self.choose(count)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if count <= int(query.get("cut", 0)):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif self.command != "HEAD":
            self.wfile.write(body)

    def choose(self, count):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        words = url.path.split("/")
        if url.scheme:
            return 200, [], b"proxied"
        if words[1] == "status":
            return int(words[2]), [], query.get("body", "").encode()
        if words[1] == "to":
            return int(words[2]) if len(words) > 2 else 302, [("Location", urllib.parse.unquote(url.query))], b""
        if words[1] == "wait":
            time.sleep(float(words[2]))
        if words[1] == "large":
            return 200, [], b"x" * int(words[2])
        if words[1] == "type":
            headers = [("Content-Type", query["type"])] if "type" in query else []
            return 200, headers, query.get("body", "").encode()
        if words[1] == "flaky":
            if count <= int(words[2]):
                return 503, [], b"not yet"
        return 200, [("X-One", "first"), ("X-One", "second")], b"hello"

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = answer

    def log_message(self, *ignored):
        pass


parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--tls", nargs=2)
options = parser.parse_args()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls[0], options.tls[1])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.handle_error = lambda *ignored: None  # clients that hang up, or distrust us
with open(os.path.join(options.folder, "port.new"), "w") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(options.folder, "port.new"), os.path.join(options.folder, "port"))
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
