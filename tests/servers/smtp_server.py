"""An SMTP server for tests: takes mail and writes down what it was told.

    python3 smtp_server.py FOLDER [--tls CERTIFICATE KEY] [--starttls CERTIFICATE KEY]
                           [--user NAME:PASSWORD] [--refuse RECIPIENT]

Writes its port to FOLDER/port, then for every mail FOLDER/N.json: {"from", "to", "user", "tls",
"data"}. Ends when its standard input ends.
"""

import argparse
import base64
import json
import os
import socketserver
import ssl
import sys
import threading


class Session(socketserver.StreamRequestHandler):
    def setup(self):
        self.secure = False
        if options.tls:
            self.request = context(options.tls).wrap_socket(self.request, server_side=True)
            self.secure = True
        super().setup()

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def line(self):
        return self.rfile.readline().decode().rstrip("\r\n")

    def handle(self):
        self.user = None
        self.sender, self.recipients = None, []
        self.say("220 test")
        while True:
            line = self.line()
            word = line.split(" ")[0].upper()
            if not line or word == "QUIT":
                if line:
                    self.say("221 bye")
                return
            getattr(self, "on_" + word.lower(), self.on_unknown)(line)

    def on_unknown(self, line):
        self.say("500 unknown")

    def on_ehlo(self, line):
        words = ["test"]
        if options.starttls and not self.secure:
            words.append("STARTTLS")
        if options.user:
            words.append("AUTH PLAIN LOGIN")
        for word in words[:-1]:
            self.say("250-" + word)
        self.say("250 " + words[-1])

    def on_starttls(self, line):
        self.say("220 go on")
        self.request = context(options.starttls).wrap_socket(self.request, server_side=True)
        self.secure = True
        self.rfile = self.request.makefile("rb", -1)
        self.wfile = socketserver._SocketWriter(self.request)

    def on_auth(self, line):
        words = line.split(" ")
        if words[1] == "PLAIN":
            if len(words) < 3:
                self.say("334 ")
                words.append(self.line())
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
        else:
            self.say("334 " + base64.b64encode(b"Username:").decode())
            user = base64.b64decode(self.line()).decode()
            self.say("334 " + base64.b64encode(b"Password:").decode())
            password = base64.b64decode(self.line()).decode()
        if user + ":" + password == options.user:
            self.user = user
            self.say("235 welcome")
        else:
            self.say("535 wrong name or password")

    def on_mail(self, line):
        if options.user and not self.user:
            self.say("530 sign in first")
            return
        self.sender = line.split(":", 1)[1].split(" ")[0]
        self.say("250 ok")

    def on_rcpt(self, line):
        recipient = line.split(":", 1)[1]
        if options.refuse and options.refuse in recipient:
            self.say("550 no such mailbox")
            return
        self.recipients.append(recipient)
        self.say("250 ok")

    def on_rset(self, line):
        self.say("250 ok")

    def on_data(self, line):
        self.say("354 go on")
        lines = []
        while True:
            line = self.line()
            if line == ".":
                break
            lines.append(line[1:] if line.startswith(".") else line)
        mail = {
            "from": self.sender,
            "to": self.recipients,
            "user": self.user,
            "tls": self.secure,
            "data": "\n".join(lines),
        }
        number = sum(name.endswith(".json") for name in os.listdir(options.folder)) + 1
        path = os.path.join(options.folder, "%d.json" % number)
        with open(path + ".new", "w") as file:
            json.dump(mail, file)
        os.rename(path + ".new", path)
        self.say("250 ok")


def context(files):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(files[0], files[1])
    return made


parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--tls", nargs=2)
parser.add_argument("--starttls", nargs=2)
parser.add_argument("--user")
parser.add_argument("--refuse")
options = parser.parse_args()
socketserver.ThreadingTCPServer.daemon_threads = True
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
server.handle_error = lambda *ignored: None  # clients that hang up, or distrust us
with open(os.path.join(options.folder, "port.new"), "w") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(options.folder, "port.new"), os.path.join(options.folder, "port"))
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
