#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "carrier_command.hpp"
#include "completion.hpp"
#include "exchange_commands.hpp"
#include "house_of_korea.hpp"
#include "madang/identity/breached.hpp"
#include "madang/spatial/boundaries.hpp"
#include "key_commands.hpp"
#include "log_commands.hpp"
#include "new_system.hpp"
#include "node_commands.hpp"
#include "pack_check.hpp"
#include "process_commands.hpp"
#include "rules_commands.hpp"
#include "serving.hpp"
#include "terminal.hpp"
#include "verify_command.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

int serve(const platform::settings& s) {
  if (!is_loaded(s)) {
    std::fprintf(stderr, "  Loading the demonstration nation (%s) ...\n", s.population.c_str());
    load(s);
  }
  return keep_open(s, move_in, print_welcome);
}

}  // namespace

namespace {

// What an operator wants to know before calling for help.
int doctor(const platform::settings& s) {
  int bad = 0;
  auto line = [&](bool good, const std::string& what, const std::string& mend) {
    std::printf("  %s  %s%s%s\n", good ? "ok  " : "FAIL", what.c_str(), good ? "" : ": ",
                good ? "" : mend.c_str());
    bad += !good;
  };
  line(fs::exists(s.pack + "/pack.yaml"), "country pack " + s.pack, "give --pack FOLDER");
  line(fs::exists(s.web + "/manifest.json"), "web files " + s.web,
       "run: npm ci && npm run build in web/");
  line(fs::exists(s.font), "font " + s.font, "install fonts-nanum");
  line(fs::exists(s.colour_profile), "colour profile " + s.colour_profile,
       "install icc-profiles-free");
  std::error_code error;
  const auto space = fs::space(fs::exists(s.data) ? s.data : ".", error);
  line(!error && space.available > (512u << 20),
       "disk: " + std::to_string(space.available >> 20) + " MB free", "less than 512 MB");
  line(is_loaded(s), "nation loaded in " + s.data, "run: madang load");
  if (bad == 0) {
    try {
      platform::house house(s);
      move_in(house);
      for (auto* db : house.databases())
        line(true, "database " + db->name(), "");
      line(house.catalogue().entries().size() > 0, "services described: " +
           std::to_string(house.catalogue().entries().size()), "the pack has none");
    } catch (const std::exception& e) {
      line(false, "opening the house", e.what());
    }
  }
  return bad ? 1 : 0;
}

int load_boundaries(const platform::settings& s, const std::string& file);
const char* advice_on(std::string_view code);

CLI::App* breached_command(CLI::App& load, std::string& from, std::uint64_t& least) {
  auto* out = load.add_subcommand("breached", "passwords that were stolen, nobody may choose them");
  out->add_option("from", from, "folder of ranges, or one file, of Have I Been Pwned")->required();
  out->add_option("--least", least, "seen so many times at least")->capture_default_str();
  return out;
}

// For who chooses a password from now on; the house looks into it when it starts.
int load_breached(const platform::settings& s, const std::string& from, std::uint64_t least) {
  fs::create_directories(s.data);
  auto many = identity::make_breached(from, identity::breached_file(s.data), least);
  if (!many) throw std::runtime_error(many.why().field + " " + advice_on(many.why().code));
  std::printf("%llu stolen passwords, kept in %s\n", static_cast<unsigned long long>(*many),
              identity::breached_file(s.data).c_str());
  return 0;
}

void common_options(CLI::App& app, platform::settings& s) {
  app.add_option("--data", s.data, "folder of databases and keys")->capture_default_str();
  app.add_option("--database", s.database, "postgresql://... instead of SQLite files");
  app.add_option("--pack", s.pack, "country pack")->capture_default_str();
  app.add_option("--web", s.web, "built web files")->capture_default_str();
  app.add_option("--port", s.port, "where to listen")->capture_default_str();
  app.add_option("--address", s.address, "on which address")->capture_default_str();
  app.add_option("--workers", s.workers, "threads that answer")->capture_default_str();
  app.add_option("--io-threads", s.io_threads, "threads that read and write sockets")
      ->capture_default_str();
  app.add_option("--population", s.population, "1:1000, 1:100 or 1:10")->capture_default_str();
  app.add_option("--seed", s.seed, "of the population")->capture_default_str();
  app.add_option("--nightly", s.nightly, "do the work of the night")->capture_default_str();
  app.add_option("--public-url", s.public_url, "how the outside names us");
  app.add_option("--mail-server", s.mail_server, "smtp://host:port, for e-mail to citizens");
  app.add_option("--mail-from", s.mail_from, "address that e-mail comes from");
  app.add_option("--text-gateway", s.text_gateway,
                 "Kannel's sendsms, for text messages to citizens");
  app.add_option("--text-from", s.text_from, "number or name that text messages come from");
  app.add_option("--log", s.log, "debug, info, warn or error")->capture_default_str();
}

// Everybody on the machine reads the words of a command line (/proc/PID/cmdline).
bool holds_password(std::string_view url) {
  const auto scheme = url.find("://");
  const auto authority =
      scheme == url.npos ? url.substr(0, 0)
                         : url.substr(scheme + 3, url.find_first_of("/?", scheme + 3) - scheme - 3);
  const auto user = authority.substr(0, authority.rfind('@') == authority.npos
                                            ? 0 : authority.rfind('@'));
  return user.find(':') != user.npos || url.find("password=") != url.npos;
}

log::level level_of(const std::string& name) {
  return name == "debug" ? log::level::debug
         : name == "warn" ? log::level::warn
         : name == "error" ? log::level::error
                           : log::level::info;
}

// What the program keeps, keys among it, is its owner's alone; a secret that was given where others
// can read it is refused.
bool keeps_to_itself(const CLI::App& app, const platform::settings& s) {
  log::set_level(level_of(s.log));
  if (!app.got_subcommand("new")) ::umask(077);
  if (app.get_option("--database")->count() == 0 || !holds_password(s.database)) return true;
  std::fprintf(stderr, "madang: a password on the command line is seen by everybody on this "
                       "machine: put `database` into a file for --config\n");
  return false;
}

// A configuration file comes first; the command line changes what it says.
void read_configuration(int argc, char** argv, platform::settings& s) {
  constexpr std::string_view option = "--config";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == option && i + 1 < argc) s.read(argv[i + 1]);
    else if (word.starts_with("--config=")) s.read(std::string(word.substr(option.size() + 1)));
  }
}

// As the script of `madang completion` calls.
bool asks_for_words(int argc, char** argv) {
  return argc > 2 && std::string_view(argv[1]) == "completion" &&
         std::string_view(argv[2]) == "--words";
}

// False: it was said what is wrong.
bool is_configured(int argc, char** argv, platform::settings& s) {
  try {
    read_configuration(argc, argv, s);
    return true;
  } catch (const packs::broken_pack& e) {
    std::fprintf(stderr, "madang: %s:%d: %s\n", e.found.file.c_str(), e.found.line,
                 e.found.message.c_str());
    return false;
  }
}

int print_words(const CLI::App& app, const std::vector<std::string>& typed) {
  for (const auto& word : words_after(app, typed)) std::printf("%s\n", word.c_str());
  return 0;
}

}  // namespace

int run(int argc, char** argv) {
  platform::settings s;
  if (!is_configured(argc, argv, s)) return 1;
  CLI::App app{"Madang: a whole digital government in one program"};
  app.require_subcommand(1);
  app.fallthrough();
  std::string config, file, name;
  app.add_option("--config", config, "YAML file of settings; see docs/operating.md");
  common_options(app, s);
  auto* c_serve =
      app.add_subcommand("serve", "open the house (loads the nation when it is not there)");
  auto* c_load = app.add_subcommand("load", "make the demonstration nation anew");
  auto* c_population = app.add_subcommand("population", "the same as load, with --population");
  auto* c_boundaries =
      c_load->add_subcommand("boundaries", "put real shapes of districts in place");
  c_boundaries->add_option("file", file, "TopoJSON or GeoJSON with property code")->required();
  std::uint64_t least = 1;
  auto* c_breached = breached_command(*c_load, file, least);
  verify_command verify(app);
  auto* c_pack = app.add_subcommand("pack", "country packs");
  auto* c_check = c_pack->add_subcommand("check", "look for mistakes, with file and line");
  rules_commands rules(app);
  process_commands processes(app);
  log_commands logs(app);
  exchange_commands exchanges(app);
  key_commands keys(app);
  carrier_command carrier(app);
  node_commands node(app);
  auto* c_doctor = app.add_subcommand("doctor", "is everything in place?");
  auto* c_new = app.add_subcommand("new", "begin something");
  auto* c_system = c_new->add_subcommand(
      "system", "a new system: a place where people speak (docs/new-system.md)");
  c_system->add_option("name", name, "lower_snake")->required();
  bool plain = false;
  c_system->add_flag("--plain", plain, "a room with nothing in it");
  auto* c_completion = app.add_subcommand(
      "completion", "a script for the shell: source <(madang completion bash)");
  for (auto* command : app.get_subcommands({}))
    command->footer("It takes the options of `madang --help` too: where the data are, the country "
                    "and so on.");
  std::string shell = "bash";
  c_completion->add_option("shell", shell, "bash or zsh")->capture_default_str();
  if (asks_for_words(argc, argv)) return print_words(app, {argv + 3, argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (!keeps_to_itself(app, s)) return 2;
  try {
    if (*c_serve) return serve(s);
    if (*c_boundaries) return load_boundaries(s, file);
    if (*c_breached) return load_breached(s, file, least);
    if (*c_load || *c_population) return load(s), 0;
    if (const auto ended = verify.run(s)) return *ended;
    if (*c_check) return check_pack(s.pack);
    if (const auto ended = rules.run(s)) return *ended;
    if (const auto ended = processes.run(s)) return *ended;
    for (const auto& ended :
         {logs.run(s), exchanges.run(s), keys.run(s), carrier.run(s), node.run(s)})
      if (ended) return *ended;
    if (*c_doctor) return doctor(s);
    if (*c_system) return new_system(name, plain);
    if (*c_completion) return print_completion(shell);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "madang: %s\n", e.what());
    return 1;
  }
  return 2;
}

namespace {

// What an operator does about a file that is refused.
const char* advice_on(std::string_view code) {
  if (code == "boundaries.syntax") return "is not JSON";
  if (code == "boundaries.format") return "is neither TopoJSON nor GeoJSON, or broken at";
  if (code == "boundaries.degrees") return "has a place off the globe (convert to WGS 84) at";
  if (code == "breached.unreadable") return "cannot be read or written";
  if (code == "breached.line") return "is no line \"SHA1:COUNT\" (\"SUFFIX:COUNT\" in a range)";
  if (code == "breached.order") return "is not in the order of hashes";
  if (code == "breached.empty") return "holds no passwords";
  if (code == "boundaries.empty") return "has no area with a property \"code\"";
  return "is too large";
}

// Shapes are facts of the outside world: kept beside the data, looked up by district code.
int load_boundaries(const platform::settings& s, const std::string& file) {
  const packs::pack pack(s.pack);
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) throw std::runtime_error(file + " cannot be read");
  std::ostringstream bytes;
  if (size <= spatial::boundary_bytes) bytes << in.rdbuf();
  auto loaded = size <= spatial::boundary_bytes
                    ? spatial::read_boundaries(bytes.str())
                    : refuse(kind::too_large, "boundaries.too_large");
  if (!loaded)
    throw std::runtime_error(file + " " + advice_on(loaded.why().code) + " " + loaded.why().field);
  std::size_t known = 0;
  for (const auto& [code, shape] : *loaded) known += pack.find_district(code) != nullptr;
  fs::create_directories(s.data + "/boundaries");
  const std::string to = s.data + "/boundaries/" + fs::path(file).stem().string() + ".json";
  std::ofstream(to + ".new", std::ios::binary) << spatial::boundaries_text(*loaded);
  fs::rename(to + ".new", to);
  std::printf("%zu shapes, %zu of them districts of the pack, kept in %s\n", loaded->size(), known,
              to.c_str());
  return known == 0 ? 1 : 0;
}

}  // namespace

}  // namespace madang::app
