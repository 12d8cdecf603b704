#include "worker/sidecar/signal_block.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace visionops::sidecar {
namespace {

TEST(SignalBlock, IsReadFromTheMaskOfThatSignal) {
  const std::string status =
      "Name:\tx\nSigPnd:\t0000000000000000\nSigBlk:\t0000000000004002\nSigIgn:\t0000000000001000\n";
  EXPECT_TRUE(blocks_signal(status, SIGTERM));
  EXPECT_TRUE(blocks_signal(status, SIGINT));
  EXPECT_FALSE(blocks_signal(status, SIGPIPE)) << "ignored is not blocked";
  EXPECT_FALSE(blocks_signal("Name:\tx\n", SIGTERM));
  EXPECT_FALSE(blocks_signal("", SIGTERM));
}

TEST(SignalBlock, IsWaitedFor) {
  int born[2];
  ASSERT_EQ(::pipe(born), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    (void)!::write(born[1], "b", 1);
    ::usleep(500'000);
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, nullptr);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(born[0], &byte, 1), 1) << "a fork holds signals back, with ThreadSanitizer for a while";
  EXPECT_FALSE(await_signal_block(child, SIGTERM, Duration{1}));
  EXPECT_TRUE(await_signal_block(child, SIGTERM, Duration{30'000}));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(born[0]);
  ::close(born[1]);
  EXPECT_FALSE(await_signal_block(child, SIGTERM, Duration{30'000})) << "it is gone";
}

}  // namespace
}  // namespace visionops::sidecar
