// For tests: a small server in Python (tests/servers) in a folder of its own, and a certificate.
//
// Owns: the process, the folder, the certificate of "localhost". Ends the server when it goes.

#pragma once

#include "base/file.h"
#include "base/process.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mogura::base {

// The files of a certificate for "localhost" and 127.0.0.1 that signs itself.
struct TestCertificate {
    std::string certificate;
    std::string key;

    static TestCertificate make(const std::string& folder) {
        TestCertificate made{folder + "/certificate.pem", folder + "/key.pem"};
        Command command;
        command.arguments = {
            "openssl",  "req",           "-x509",   "-newkey",
            "rsa:2048", "-nodes",        "-days",   "2",
            "-subj",    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",  made.key,        "-out",    made.certificate};
        command.environment = current_environment();
        command.errors = Stream::null();
        auto finished = run(std::move(command));
        if (!finished.ok() || finished->exit.code != 0) {
            throw std::runtime_error("openssl cannot make a certificate");
        }
        return made;
    }
};

class TestServer {
  public:
    // `script` is the name of a file in tests/servers; `source` the repository.
    TestServer(const std::string& source, const std::string& script,
               const std::vector<std::string>& arguments = {}) {
        std::string name = (std::filesystem::temp_directory_path() / "serverXXXXXX").string();
        folder = ::mkdtemp(name.data());
        Command command;
        command.arguments = {"python3", source + "/tests/servers/" + script, folder};
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        command.environment = current_environment();
        command.input = Stream::pipe();
        auto started = Process::start(command);
        if (!started.ok()) throw std::runtime_error(started.error().message());
        process_.emplace(std::move(*started));
        for (int tries = 0; tries < 500 && port.empty(); ++tries) {
            auto text = read_file(folder + "/port");
            if (text.ok()) port = *text;
            if (port.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (port.empty()) throw std::runtime_error(script + " does not start");
    }
    ~TestServer() {
        process_->close_input();
        [[maybe_unused]] auto ended = process_->wait();
        std::filesystem::remove_all(folder);
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::string read(const std::string& name) const {
        auto text = read_file(folder + "/" + name);
        return text.ok() ? *text : "";
    }
    std::string url(const std::string& path, const std::string& scheme = "http") const {
        return scheme + "://127.0.0.1:" + port + path;
    }

    std::string folder;
    std::string port;

  private:
    std::optional<Process> process_;
};

}  // namespace mogura::base
