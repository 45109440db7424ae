#include "free_port.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mogura::integration {

int free_port() {
    base::Descriptor probe(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    if (bind(probe.get(), name, size) != 0 || getsockname(probe.get(), name, &size) != 0) return 0;
    return ntohs(address.sin_port);
}

}  // namespace mogura::integration
