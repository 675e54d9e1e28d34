#include "cli/commands/opcache_top_sampler.hpp"

#include <pthread.h>
#include <sys/eventfd.h>

#include <csignal>
#include <utility>

#include <cachetool/error.hpp>

#include "cli/output/unforeseen.hpp"

namespace cachetool::cli {
namespace {

// The thread of the screen has to notice it.
void leave_resizing_to_others() {
  sigset_t resized{};
  sigemptyset(&resized);
  sigaddset(&resized, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &resized, nullptr);
}

report::top_figures only_failure(std::string why) {
  report::top_figures out;
  out.failure = std::move(why);
  return out;
}

}  // namespace

event::event() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw error(error_kind::no_resources, "there is no descriptor left");
}

void event::raise() const noexcept {
  eventfd_write(fd_.get(), 1);
}

void event::clear() const noexcept {
  eventfd_t ignored = 0;
  eventfd_read(fd_.get(), &ignored);
}

sampler::sampler(std::vector<target> targets, std::chrono::milliseconds interval, event const& stop,
                 agent::observer& log)
    : log_(log), interval_(interval), stop_(stop) {
  for (target& each : targets) sources_.emplace_back(std::move(each));
  latest_ = sources_.front().before_the_first();
  thread_ = std::thread([this] { work(); });
}

sampler::~sampler() {
  stop_.raise();
  {
    std::lock_guard const lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void sampler::look_at(std::size_t master, top_view view) {
  std::lock_guard const lock(mutex_);
  if (master == master_ && view == view_) return;
  if (master != master_) latest_ = sources_[master].before_the_first();
  latest_.list = {};
  master_ = master;
  view_ = view;
  is_due_ = true;
  changed_.notify_one();
}

report::top_figures sampler::latest() {
  std::lock_guard const lock(mutex_);
  return latest_;
}

void sampler::work() noexcept {
  leave_resizing_to_others();
  std::unique_lock lock(mutex_);
  while (!ends_) {
    is_due_ = false;
    sample(lock);
    changed_.wait_for(lock, interval_, [this] { return ends_ || is_due_; });
  }
}

// Without the lock while php-fpm is asked.
void sampler::sample(std::unique_lock<std::mutex>& lock) {
  std::size_t const master = master_;
  top_view const view = view_;
  lock.unlock();
  report::top_figures seen = look(sources_[master], view);
  lock.lock();
  if (master == master_ && view == view_) latest_ = std::move(seen);
  sampled_.raise();
}

report::top_figures sampler::look(top_source& source, top_view view) {
  try {
    return source.look(view, log_);
  } catch (error const& failed) {
    return only_failure(failed.message());  // interrupted: nobody will see it
  } catch (std::exception const& failed) {
    return only_failure(unforeseen(failed).message());
  }
}

}  // namespace cachetool::cli
