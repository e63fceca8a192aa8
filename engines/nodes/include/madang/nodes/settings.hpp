#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

// What the operator of a node says: <data>/exchange/node.yaml. Written once by `madang node create`
// and `join`, then the operator's own; a running node takes what is changed below "offers",
// "elsewhere" and "tells" within a few seconds. docs/exchange.md shows one.
namespace madang::nodes {

struct node_settings {
  std::string server;                // "KR/GOV/1210000/tax"
  std::string name;                  // of its owner, as people read it
  std::string address;               // host:port at which others reach it
  std::string listen = "127.0.0.1";  // host[:port]; the port of `address` when it says none
  int information_systems = 0;       // port on loopback for programs of this agency; 0: none
  std::string self;                  // the subsystem as which this house asks others
  int refresh = 60;                  // seconds between two looks at the configuration
  int stamp = 60;                    // between two time stamps
  int archive = 6 * 3600;            // between two archives
  int watch = 60;                    // between two looks at the other nodes
  int deadline = 30;                 // of a call, from end to end

  // What others may ask of a subsystem of this node.
  struct offer {
    std::string client;
    std::vector<std::string> agencies;  // whose registers are kept here, by code of the pack
    std::vector<std::string> registers, queries, commands;
    bool events = false;  // hears events of others
    struct right {
      std::string client, group;                              // one of them
      std::map<std::string, std::vector<std::string>> items;  // at most these of a register
    };
    std::vector<right> to;
  };
  std::vector<offer> offers;
  // What lives at other nodes: by whom it is kept, never where. That is the configuration's.
  struct place {
    std::string keeper;
    std::vector<std::string> agencies, registers, queries, commands;
  };
  std::vector<place> elsewhere;
  struct telling {
    std::string listener;
    std::vector<std::string> events;
  };
  std::vector<telling> tells;

  std::string listen_host() const;
  int listen_port() const;
};

std::filesystem::path settings_file(const std::filesystem::path& folder);
// Throws packs::broken_pack, naming file and line.
node_settings read_settings(const std::filesystem::path& folder);
// Never over a file that is there.
void write_settings(const std::filesystem::path& folder, const node_settings& s);

}  // namespace madang::nodes
