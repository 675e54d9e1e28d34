#include "cli/targets/targets.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <list>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "cli/output/log.hpp"
#include "cli/output/unforeseen.hpp"
#include "cli/targets/signals.hpp"
#include "cli/targets/who_serves.hpp"

namespace cachetool::cli {
namespace {

using master_work = std::function<report_view(reached_master& master)>;

/// What a command does with every target, and the form in which it shows that.
struct assignment {
  std::variant<target_action, master_work, target_visit> work;
  target_scope scope = target_scope::master;
  meeting where = meeting::never;
  signal_watch const* watch = nullptr;
  std::size_t targets = 0;
  output_format format = output_format::text;
  std::vector<std::string> columns{};  // of CSV, "endpoint" first
};

error out_of_time(context const& with) {
  std::string const deadline = base::duration_text(*with.given.seconds("deadline"));
  return error(error_kind::timeout, "not done within " + deadline + " (--deadline)")
      .advise("what was sent to php-fpm last may still be running there");
}

// A command that ends by itself when its time is over gets a moment more.
std::optional<std::chrono::milliseconds> deadline_of(context const& with) {
  constexpr std::chrono::milliseconds grace{1000};
  auto deadline = with.given.seconds("deadline");
  if (deadline && with.line.command->keeps_deadline) *deadline += grace;
  return deadline;
}

using adapters = std::vector<std::unique_ptr<adapter::adapter>>;

/// The work on one target; others may be worked on at the same time.
class target_work {
 public:
  target_work(context const& with, assignment const& what, target whom, bool several, bool first)
      : with_(with), assigned_(what), target_(std::move(whom)), several_(several), first_(first) {}

  /// Does the work. Shows what goes wrong; that decides the code.
  void run(console& streams);

  [[nodiscard]] exit_code code() const noexcept { return code_; }
  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }

 private:
  void work(console& streams, std::list<target_output>& outputs);
  void work_or_fail(console& streams, std::list<target_output>& outputs);
  void work_with(reached_master& master, std::list<target_output>& outputs);
  void show_rest(std::list<target_output>& outputs, report_view const& show);
  void separate(console& streams);
  void fail(target_output& out, error failed);

  context const& with_;
  assignment const& assigned_;
  target target_;
  bool several_;
  bool first_;
  std::size_t begun_ = 0;  // addresses whose output has begun
  std::size_t shown_ = 0;  // addresses whose output is complete
  exit_code code_ = exit_code::done;
  bool interrupted_ = false;
};

void target_work::run(console& streams) {
  std::list<target_output> outputs;
  for (auto const& address : target_.addresses) {
    outputs.emplace_back(streams, assigned_.format, assigned_.columns.size(), address.label, several_);
  }
  try {
    work_or_fail(streams, outputs);
  } catch (error const& failed) {
    bool const stopped = failed.kind() == error_kind::interrupted;
    interrupted_ = stopped && !assigned_.watch->deadline_is_over();
    if (interrupted_) return;
    error const shown = stopped ? out_of_time(with_) : failed;
    show_rest(outputs, [&](target_output& out, std::string const&) { fail(out, shown); });
  }
}

// If the machine refuses something (a thread, memory), only this target fails.
void target_work::work_or_fail(console& streams, std::list<target_output>& outputs) {
  try {
    work(streams, outputs);
  } catch (error const&) {
    throw;
  } catch (std::exception const& failed) {
    throw unforeseen(failed);
  }
}

void target_work::work(console& streams, std::list<target_output>& outputs) {
  auto const log = make_log(verbosity(with_.given, with_.env), streams);
  if (auto const* visit = std::get_if<target_visit>(&assigned_.work)) {
    return show_rest(outputs, [&](target_output& out, std::string const&) { (*visit)(target_, *log, out); });
  }
  if (target_.unreachable) throw *target_.unreachable;
  adapters pools;
  pools.push_back(target_.open(*log));
  if (std::holds_alternative<master_work>(assigned_.work)) {
    for (auto const& open : target_.other_pools) pools.push_back(open(*log));
  }
  reached_master master{{}, target_.out_of_reach, assigned_.targets, assigned_.watch->fd(), streams};
  master.master = target_.master;
  for (auto const& each : pools) master.pools.push_back(each.get());
  try {
    work_with(master, outputs);
  } catch (error const& failed) {
    throw master.is_examined ? failed : master.examined(failed);
  }
}

void target_work::work_with(reached_master& master, std::list<target_output>& outputs) {
  if (auto const* once = std::get_if<master_work>(&assigned_.work)) return show_rest(outputs, (*once)(master));
  auto const& each = std::get<target_action>(assigned_.work);
  show_rest(outputs, [&](target_output& out, std::string const&) { each(*master.pools.front(), out); });
}

void target_work::show_rest(std::list<target_output>& outputs, report_view const& show) {
  for (auto out = std::next(outputs.begin(), static_cast<std::ptrdiff_t>(shown_)); out != outputs.end(); ++out) {
    if (begun_ == shown_) separate(out->streams());
    show(*out, target_.addresses[shown_].pool);
    out->flush();
    code_ = std::max(code_, out->code());
    ++shown_;
  }
}

void target_work::separate(console& streams) {
  ++begun_;
  bool const is_first = std::exchange(first_, false);
  if (assigned_.format == output_format::json && !is_first) streams.write(",");
}

void target_work::fail(target_output& out, error failed) {
  failed.on(target_.addresses[shown_].label);
  out.fail(failed);
  out.streams().report(with_.line.command->name, failed);
  code_ = std::max(code_, exit_code_for(failed.kind()));
}

/// Threads that are waited for in the end. Not std::jthread: libc++ has it from its version 18 on.
class threads {
 public:
  threads() = default;
  threads(threads&&) = default;
  threads& operator=(threads&&) = delete;
  ~threads() {
    for (std::thread& each : all_) each.join();
  }

  template <typename Work>
  void start(Work&& work) {
    all_.emplace_back(std::forward<Work>(work));
  }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

 private:
  std::vector<std::thread> all_;
};

/// The work on several targets at the same time. Each has a console of its own, which is poured into the command's
/// console in the order of the targets.
class batch {
 public:
  batch(context& with, std::vector<std::unique_ptr<target_work>>& all_work, meeting where)
      : out_(with.out), all_work_(all_work), where_(where) {
    for (std::size_t i = 0; i < all_work.size(); ++i) consoles_.push_back(with.out.aside());
  }

  void run() {
    std::promise<bool> all_are_there;
    std::shared_future<bool> const may_begin = all_are_there.get_future().share();
    threads const begun = start_threads(may_begin);
    bool const enough = where_ == meeting::never || begun.size() == all_work_.size();
    all_are_there.set_value(enough);
    if (!enough) throw too_few(begun.size());
    if (begun.size() == 0) work();
    for (std::size_t i = 0; i < all_work_.size(); ++i) {
      ended_[i].get_future().get();
      if (!interrupted_) show(i);
    }
  }

 private:
  static constexpr std::size_t most_at_once = 2048;  // most of the time they wait

  // As many as the machine allows.
  threads start_threads(std::shared_future<bool> const& may_begin) {
    threads begun;
    try {
      while (begun.size() < std::min(all_work_.size(), most_at_once)) {
        begun.start([this, may_begin] {
          if (may_begin.get()) work();
        });
      }
    } catch (std::system_error const&) {
    }
    return begun;
  }

  error too_few(std::size_t threads) const {
    return error(error_kind::no_resources, "nothing was begun: " + std::to_string(all_work_.size()) +
                                               " php-fpm are worked on at the same time, and only " +
                                               std::to_string(threads) + " threads are to be had")
        .advise("allow more processes (ulimit -u), or name one php-fpm after the other: --fcgi=ADDRESS");
  }

  void work() {
    for (std::size_t i = next_++; i < all_work_.size(); i = next_++) {
      try {
        all_work_[i]->run(consoles_[i]);
        ended_[i].set_value();
      } catch (...) {
        ended_[i].set_exception(std::current_exception());
      }
    }
  }

  void show(std::size_t i) {
    interrupted_ = all_work_[i]->interrupted();
    if (interrupted_) return;
    out_.pour(consoles_[i]);
    out_.flush();
  }

  console& out_;
  std::vector<std::unique_ptr<target_work>>& all_work_;
  meeting where_;
  std::deque<console> consoles_;
  std::vector<std::promise<void>> ended_{all_work_.size()};
  std::atomic<std::size_t> next_{0};
  bool interrupted_ = false;
};

// Written before what the targets say.
void begin(context& with, assignment const& what) {
  if (what.format == output_format::json) with.out.write("{\"targets\":[");
  if (what.format == output_format::csv) {
    report::csv_writer([&with](std::string_view text) { with.out.raw(text); }, what.columns).flush();
  }
}

void end(context& with, assignment const& what) {
  if (what.format == output_format::json) with.out.write("]}\n");
  with.out.flush();
}

void work_on_all(context& with, assignment const& what, std::vector<std::unique_ptr<target_work>>& all_work) {
  begin(with, what);
  if (all_work.size() == 1) {
    all_work.front()->run(with.out);
  } else {
    batch(with, all_work, what.where).run();
  }
  bool const interrupted =
      std::any_of(all_work.begin(), all_work.end(), [](auto const& one) { return one->interrupted(); });
  if (interrupted) throw error(error_kind::interrupted, "interrupted");
  end(with, what);
}

std::vector<std::unique_ptr<target_work>> make_all_work(context& with, assignment& what, int interrupt_fd) {
  std::vector<target> targets = find_targets(with, what.scope, interrupt_fd);
  if (with.line.command->of_site) keep_who_serve(with, targets);
  what.targets = targets.size();
  bool const several = targets.size() > 1 || targets.front().addresses.size() > 1;
  std::vector<std::unique_ptr<target_work>> all_work;
  for (target& one : targets) {
    all_work.push_back(std::make_unique<target_work>(with, what, std::move(one), several, all_work.empty()));
  }
  return all_work;
}

exit_code carry_out(context& with, std::optional<std::vector<std::string>> csv_columns, assignment what) {
  if (std::holds_alternative<master_work>(what.work) != with.line.command->once) {
    throw std::logic_error("the table says otherwise how often " + std::string(with.line.command->name) + " works");
  }
  std::string const format = csv_columns ? with.given.text("format").value_or("table") : "table";
  what.format = format == "json" ? output_format::json : format == "csv" ? output_format::csv : output_format::text;
  what.columns = std::move(csv_columns).value_or(std::vector<std::string>());
  what.columns.insert(what.columns.begin(), "endpoint");

  return while_watched(with, [&](signal_watch const& signals) {
    what.watch = &signals;
    auto all_work = make_all_work(with, what, signals.fd());
    work_on_all(with, what, all_work);
    exit_code worst = exit_code::done;
    for (auto const& one : all_work) worst = std::max(worst, one->code());
    return worst;
  });
}

}  // namespace

error reached_master::examined(error const& failed) const {
  auto const* const call = dynamic_cast<adapter::failed_call const*>(&failed);
  auto const is_its = [call](auto const* each) { return call != nullptr && call->was_made_by(*each); };
  auto const its = std::find_if(pools.begin(), pools.end(), is_its);
  return (its == pools.end() ? pools.front() : *its)->examined(failed);
}

exit_code while_watched(context& with, std::function<exit_code(signal_watch const&)> const& work) {
  signal_watch signals(deadline_of(with));
  with.out.watch(signals.signal_fd(), signals.fd());
  try {
    exit_code const code = work(signals);
    with.out.watch(-1, -1);
    return code;
  } catch (error const& failed) {
    with.out.watch(-1, -1);
    if (failed.kind() != error_kind::interrupted) throw;
    if (signals.deadline_is_over()) throw out_of_time(with);
    int const signal = signals.take();
    with.out.error_line(std::string(with.line.command->name) + ": interrupted by " + signal_name(signal));
    return static_cast<exit_code>(static_cast<int>(exit_code::interrupted_by) + signal);
  }
}

exit_code for_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                          target_action const& action) {
  assignment what{.work = action, .scope = with.line.command->scope};
  return carry_out(with, std::move(csv_columns), std::move(what));
}

exit_code for_each_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                          master_action const& action) {
  auto const on_first_pool = [&action](reached_master& master) {
    return action(*master.pools.front(), master.streams);
  };
  assignment what{.work = master_work(on_first_pool), .scope = with.line.command->scope};
  return carry_out(with, std::move(csv_columns), std::move(what));
}

exit_code for_each_whole_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                                std::function<report_view(reached_master& master)> const& action, meeting where) {
  assignment what{.work = action, .scope = target_scope::whole_master, .where = where};
  return carry_out(with, std::move(csv_columns), std::move(what));
}

exit_code visit_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                            target_visit const& visit) {
  assignment what{.work = visit, .scope = with.line.command->scope};
  return carry_out(with, std::move(csv_columns), std::move(what));
}

origin as_of_pool(origin from, std::string const& pool) {
  if (!pool.empty()) from.pool = pool;
  return from;
}

}  // namespace cachetool::cli
