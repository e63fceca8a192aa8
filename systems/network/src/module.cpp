#include <filesystem>

#include "madang/network/network.hpp"
#include "office.hpp"

namespace madang::network {
namespace {

house::watched look_at(const nodes::running& node) {
  const json::value s = node.status();
  const auto figure = [&](const char* name, const char* help, bool only_grows) {
    return platform::metrics::gauge{std::string("madang_exchange_") + name, help,
                                    static_cast<double>(json::num(s, name)), only_grows};
  };
  return {"exchange",
          node.state() == "serving" ? "up" : "late",
          {figure("taken", "messages of other nodes that were answered", true),
           figure("refused", "messages of other nodes that were refused", true),
           figure("under_way", "messages of other nodes in hand", false),
           figure("messages", "messages in the log", true),
           figure("unstamped", "messages that wait for a time stamp", false)}};
}

}  // namespace

void join(house& h) {
  namespace fs = std::filesystem;
  const fs::path data = h.chosen().data, folder = data / "exchange";
  auto o = std::make_shared<office>();
  const std::string passphrase = nodes::passphrase_in(data, h.chosen().passphrase);
  if (nodes::authority::is_in(folder / "authority"))
    o->governs = std::make_shared<nodes::authority>(nodes::authority::place{
        h.database("authority"), folder / "authority", passphrase, h.chosen().public_url});
  if (nodes::running::is_in(folder))
    o->node = std::make_shared<nodes::running>(
        nodes::running::place{h.hub(), h.database("exchange"), folder, passphrase, o->governs});
  if (o->governs) machines(h, o);
  if (o->node) {
    h.accompany({[node = o->node] { node->start(); }, [node = o->node] { node->stop(); }});
    h.watch("exchange", [node = o->node] { return look_at(*node); });
  }
  pages(h, o);
  cost_pages(h, o);
}

}  // namespace madang::network
