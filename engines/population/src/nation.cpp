#include "nation.hpp"

namespace madang::population {
namespace {

// Large enough that everybody finds kin of a fitting age, small enough to be held twice over.
constexpr std::int64_t people_of_block = 8000;

}  // namespace

nation::nation(const parameters& figures, int scale, std::uint64_t seed)
    : figures_(figures),
      people_(figures.people / scale),
      blocks_(std::max<std::int64_t>(1, people_ / people_of_block)),
      seed_(seed),
      count_(figures) {}

double nation::done() const {
  return std::max(0.0, static_cast<double>(made_) / static_cast<double>(blocks_));
}

bool nation::next(block& b) {
  if (made_ < 0) {
    b = make_cast(figures_, count_);
    ++made_;
    return true;
  }
  if (made_ >= blocks_) return false;
  const auto share = [&](std::int64_t all) {   // of this block, so that shares add up to all
    return all * (made_ + 1) / blocks_ - all * made_ / blocks_;
  };
  b = block();
  workshop w{figures_, b, seed_, static_cast<std::uint64_t>(made_)};
  const auto blocks = static_cast<double>(blocks_);
  make_people(w, static_cast<int>(share(people_)));
  make_bonds(w);
  find_parents(w);
  date_marriages(w);
  give_names(w);
  make_households(w);
  relate_to_heads(b);
  date_households(w);
  number(b);
  place_households(w, count_, static_cast<double>(made_) / blocks,
                   static_cast<double>(made_ + 1) / blocks);
  place_businesses(w, count_, share(people_ * figures_.businesses / 1000));
  make_vehicles(w, count_, share(people_ * figures_.vehicles / 1000));
  if (figures_.parcels > 0)
    make_parcels(w, count_, share(people_ * figures_.parcels / 1000));
  ++made_;
  return true;
}

void nation::number(block& b) {
  for (household& h : b.households) {
    h.key = count_.next_id();
    for (int m : h.members) b.at(m).key = count_.next_id();
  }
  for (person& p : b.people) {
    if (!p.lives()) p.key = count_.next_id();
    p.serial = count_.next_birth(p.born, p.female);
  }
}

}  // namespace madang::population
