"""An HTTP server for tests: answers by path and writes down what it was asked.

    python3 http_server.py FOLDER [--tls CERTIFICATE KEY]

Writes its port to FOLDER/port and appends every request to FOLDER/requests, a JSON line each:
{"method", "target", "headers": [[name, value]...], "body"}. Paths: /status/N[?body=TEXT], /to?URL (302),
/wait/SECONDS, /large/BYTES, /type?type=TYPE&body=TEXT, /flaky/N/NAME (503 for the first N times),
else 200 "hello". A request for a whole URL (a proxy's) is answered with 200 "proxied". Ends when
its standard input ends.
"""

import argparse
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

counts = {}
lock = threading.Lock()


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
        status, headers, body = self.choose()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def choose(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        words = url.path.split("/")
        if url.scheme:
            return 200, [], b"proxied"
        if words[1] == "status":
            return int(words[2]), [], query.get("body", "").encode()
        if words[1] == "to":
            return 302, [("Location", urllib.parse.unquote(url.query))], b""
        if words[1] == "wait":
            time.sleep(float(words[2]))
        if words[1] == "large":
            return 200, [], b"x" * int(words[2])
        if words[1] == "type":
            headers = [("Content-Type", query["type"])] if "type" in query else []
            return 200, headers, query.get("body", "").encode()
        if words[1] == "flaky":
            with lock:
                counts[self.path] = counts.get(self.path, 0) + 1
                if counts[self.path] <= int(words[2]):
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
