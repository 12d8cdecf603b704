#include "worker/sidecar/signal_block.h"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace visionops::sidecar {
namespace {

constexpr std::string_view kBlocked = "\nSigBlk:\t";
constexpr auto kLook = std::chrono::milliseconds(20);

}  // namespace

bool blocks_signal(std::string_view status, int signal) {
  const auto at = status.find(kBlocked);
  if (at == std::string_view::npos || signal < 1 || signal > 64) return false;
  const std::string_view mask = status.substr(at + kBlocked.size(), 16);
  std::uint64_t blocked = 0;
  std::from_chars(mask.data(), mask.data() + mask.size(), blocked, 16);
  return (blocked >> static_cast<unsigned>(signal - 1) & 1U) != 0;
}

bool await_signal_block(pid_t pid, int signal, Duration limit) {
  const std::string file = "/proc/" + std::to_string(pid) + "/status";
  const auto end = std::chrono::steady_clock::now() + limit;
  while (true) {
    std::ifstream in(file);
    if (!in) return false;
    if (blocks_signal(std::string(std::istreambuf_iterator<char>(in), {}), signal)) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace visionops::sidecar
