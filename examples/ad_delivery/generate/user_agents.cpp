#include "user_agents.h"

namespace ad_delivery {
namespace {

std::string human(int index) {
    const char* platforms[] = {"Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7",
                               "Linux; Android 14; Pixel 8", "Linux; Android 13; SM-S918B",
                               "X11; Linux x86_64"};
    const std::string version =
        std::to_string(112 + index / 5) + ".0." + std::to_string(5600 + index * 7);
    const bool mobile = index % 5 == 2 || index % 5 == 3;
    return std::string("Mozilla/5.0 (") + platforms[index % 5] +
           ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + version +
           (mobile ? " Mobile" : "") + " Safari/537.36";
}

std::string robot(int index) {
    const char* names[] = {"ExampleBot", "PageSpider", "LinkCrawler", "UptimeProbe"};
    const std::string name = names[index % 4];
    return "Mozilla/5.0 (compatible; " + name + "/" + std::to_string(1 + index / 4) +
           ".2; +https://robots.example/" + name + ".html, contact robots@robots.example)";
}

std::vector<std::string> make() {
    std::vector<std::string> texts;
    for (int i = 0; i < kHumanAgents; ++i) texts.push_back(human(i));
    for (int i = 0; i < kBotAgents; ++i) texts.push_back(robot(i));
    return texts;
}

}  // namespace

const std::vector<std::string>& user_agents() {
    static const std::vector<std::string> texts = make();
    return texts;
}

}  // namespace ad_delivery
