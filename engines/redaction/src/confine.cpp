#include "confine.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace madang::redaction {
namespace {

constexpr int input_at = 3;
constexpr std::size_t most_said = 4096;
constexpr int not_there = 127;

class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  ~descriptor() { close(); }
  descriptor(const descriptor&) = delete;
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void take(int fd) {
    close();
    fd_ = fd;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

#if defined(__x86_64__)
constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#else
#error "say which system calls this machine has"
#endif

// What a reader of files never needs. Of another machine's calls (x32, 32 bits) none is allowed.
constexpr std::array<std::uint32_t, 12> forbidden{
    __NR_socket,  __NR_socketpair,        __NR_connect, __NR_ptrace, __NR_process_vm_readv,
    __NR_bpf,     __NR_process_vm_writev, __NR_mount,   __NR_keyctl, __NR_io_uring_setup,
    __NR_unshare, __NR_perf_event_open};

std::vector<sock_filter> make_filter(bool with_folder) {
  std::vector<sock_filter> f;
  const auto answer = [&](std::uint32_t with) { f.push_back(BPF_STMT(BPF_RET | BPF_K, with)); };
  // The next `many` instructions are for that call alone.
  const auto if_call = [&](std::uint32_t call, std::uint8_t many) {
    f.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, many));
  };
  f.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  f.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0));
  answer(SECCOMP_RET_KILL_PROCESS);
  f.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  f.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1));
  answer(SECCOMP_RET_KILL_PROCESS);
  if (with_folder) {
    // An office program wants a door for a second of its kind, or it does not start. It is told
    // that it has one: a socket that is bound to nothing and hears nobody.
    for (const std::uint32_t call : {__NR_bind, __NR_listen}) {
      if_call(call, 1);
      answer(SECCOMP_RET_ERRNO);
    }
    if_call(__NR_socket, 4);
    f.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])));
    if_call(AF_UNIX, 1);
    answer(SECCOMP_RET_ALLOW);
    answer(SECCOMP_RET_ERRNO | EPERM);
  }
  for (const std::uint32_t call : forbidden) {
    if_call(call, 1);
    answer(SECCOMP_RET_ERRNO | EPERM);
  }
  answer(SECCOMP_RET_ALLOW);
  return f;
}

// What of files a kernel of that version of Landlock can keep from a program (landlock(7)); the
// headers of Debian 12 name those up to version 2.
std::uint64_t kept_from(long version) {
  constexpr std::uint64_t truncate = 1u << 14, device = 1u << 15;
  std::uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (version >= 2) all |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) all |= truncate;
  if (version >= 5) all |= device;
  return all;
}

bool allow(int rules, const char* path, std::uint64_t access) {
  descriptor at(::open(path, O_PATH | O_CLOEXEC));
  if (at.get() < 0) return errno == ENOENT;  // what is not there needs no rule
  const landlock_path_beneath_attr one{access, at.get()};
  return ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &one, 0) == 0;
}

long fence_version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// Rules by which a program reads what the system has for all and writes into `folder` alone.
bool fence(const std::filesystem::path& folder, descriptor& rules) {
  const long version = fence_version();
  if (version < 1) return false;
  const landlock_ruleset_attr all{kept_from(version)};
  rules.take(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0)));
  if (rules.get() < 0) return false;
  constexpr std::uint64_t look = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  for (const char* place : {"/usr", "/lib", "/lib64"})
    if (!allow(rules.get(), place, look | LANDLOCK_ACCESS_FS_EXECUTE)) return false;
  for (const char* place :
       {"/etc/fonts", "/etc/libreoffice", "/var/cache/fontconfig", "/var/spool/libreoffice"})
    if (!allow(rules.get(), place, look)) return false;
  for (const char* file : {"/etc/ld.so.cache", "/dev/urandom"})
    if (!allow(rules.get(), file, LANDLOCK_ACCESS_FS_READ_FILE)) return false;
  if (!allow(rules.get(), "/dev/null",
             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE))
    return false;
  return allow(rules.get(), folder.c_str(),
               all.handled_access_fs & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE});
}

void bound(int what, rlim_t most) {
  const rlimit l{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &l);
}

// After a fork of a process with threads only plain system calls are allowed: nothing is allocated.
struct start {
  char* const* arguments;
  char* const* environment;
  int input, out, said, rules;  // rules: -1: it writes nowhere
};
[[noreturn]] void become(const start& c, const bounds& b, const sock_fprog& program) {
  // Beyond what dup2 hands over below, so that none is overwritten before it is copied.
  const int in = ::fcntl(c.input, F_DUPFD, 16), o = ::fcntl(c.out, F_DUPFD, 16),
            e = ::fcntl(c.said, F_DUPFD, 16);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(o, 1);
  ::dup2(e, 2);
  ::dup2(in, input_at);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (c.rules >= 0 && ::syscall(SYS_landlock_restrict_self, c.rules, 0) != 0) ::_exit(not_there);
  ::syscall(SYS_close_range, input_at + 1, ~0u, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  bound(RLIMIT_AS, b.memory);
  bound(RLIMIT_CPU, static_cast<rlim_t>(b.seconds));
  bound(RLIMIT_FSIZE, c.rules < 0 ? 0 : b.output);
  bound(RLIMIT_CORE, 0);
  bound(RLIMIT_NOFILE, c.rules < 0 ? 32 : 512);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(not_there);
  ::execve(c.arguments[0], c.arguments, c.environment);
  ::_exit(not_there);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// False when there is more than it may say, or it took too long.
bool listen_to(int out, int said, const bounds& b, answer& a) {
  using clock = std::chrono::steady_clock;
  const auto until = clock::now() + std::chrono::seconds(4 * b.seconds);
  pollfd watched[] = {{out, POLLIN, 0}, {said, POLLIN, 0}};
  char some[64 * 1024];
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    if (left <= 0) return false;
    if (::poll(watched, 2, static_cast<int>(left)) < 0 && errno != EINTR) return false;
    for (int i = 0; i < 2; ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const auto n = ::read(watched[i].fd, some, sizeof some);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        watched[i].fd = -1;
      } else if (i == 0) {
        a.out.append(some, static_cast<std::size_t>(n));
        if (a.out.size() > b.output) return false;
      } else if (a.said.size() < most_said) {
        a.said.append(some, std::min(static_cast<std::size_t>(n), most_said - a.said.size()));
      }
    }
  }
  return true;
}

}  // namespace

bool has_fence() { return fence_version() >= 1; }

result<answer> run_confined(std::vector<std::string> arguments, std::string_view input,
                            const bounds& b) {
  const auto failed = refuse(kind::unavailable, "redaction.no_reader");
  descriptor in(::memfd_create("paper", MFD_CLOEXEC));
  if (in.get() < 0) return failed;
  for (std::string_view rest = input; !rest.empty();) {
    const auto n = ::write(in.get(), rest.data(), rest.size());
    if (n < 0 && errno != EINTR) return failed;
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
  descriptor out_read, out_write, said_read, said_write;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed;
  out_read.take(ends[0]), out_write.take(ends[1]);
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed;
  said_read.take(ends[0]), said_write.take(ends[1]);
  const std::string at = "/proc/self/fd/" + std::to_string(input_at);
  std::vector<char*> list;
  for (auto& one : arguments) {
    if (one == "{}") one = at;
    list.push_back(one.data());
  }
  list.push_back(nullptr);
  const bool with_folder = !b.folder.empty();
  descriptor fenced;
  if (with_folder && !fence(b.folder, fenced)) return failed;
  std::string home = "HOME=" + b.folder.string(), temporary = "TMPDIR=" + b.folder.string(),
              letters = "LC_ALL=C.UTF-8";
  char* const at_home[] = {home.data(), temporary.data(), letters.data(), nullptr};
  char* const bare[] = {nullptr};
  auto calls = make_filter(with_folder);
  const sock_fprog program{static_cast<unsigned short>(calls.size()), calls.data()};
  const pid_t child = ::fork();
  if (child < 0) return failed;
  if (child == 0)
    become({list.data(), with_folder ? at_home : bare, in.get(), out_write.get(), said_write.get(),
            fenced.get()},
           b, program);
  out_write.close();
  said_write.close();
  answer a;
  const bool heard = listen_to(out_read.get(), said_read.get(), b, a);
  if (!heard) ::kill(child, SIGKILL);
  a.status = wait_for(child);
  if (!heard || a.status == -1) return refuse(kind::invalid, "redaction.stopped", "file");
  if (a.status == not_there) return failed;
  return a;
}

}  // namespace madang::redaction
