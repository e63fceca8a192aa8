// Preloaded before the program (LD_PRELOAD), its wall clock is SHIFTED_CLOCK seconds ahead;
// monotonic clocks run as they do. libfaketime does the same, but asks malloc while jemalloc asks
// it the time.
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace {

long ahead() {
  const char* said = std::getenv("SHIFTED_CLOCK");
  return said ? std::atol(said) : 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const long failed = ::syscall(SYS_clock_gettime, clock, out);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    out->tv_sec += ahead();
  return static_cast<int>(failed);
}

extern "C" int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  *out = {now.tv_sec, static_cast<suseconds_t>(now.tv_nsec / 1000)};
  return 0;
}

extern "C" time_t time(time_t* out) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
