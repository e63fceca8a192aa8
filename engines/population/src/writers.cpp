// The five databases, each from the same block.
#include "numbers.hpp"
#include "rows.hpp"

namespace madang::population {
namespace {

class residents final : public writer {
 public:
  residents(const parameters& figures, registers::registry& r)
      : f_(figures),
        persons_(r, "persons", recorded_at(figures)),
        households_(r, "households", recorded_at(figures)) {}
  std::vector<table*> tables() override { return {&persons_, &households_}; }

  void write(store::write& tx, const block& b) override {
    for (const household& h : b.households) {
      write_household(tx, b, h);
      for (int m : h.members) write_person(tx, b.at(m), h);
    }
  }

 private:
  void write_household(store::write& tx, const block& b, const household& h) {
    const site& s = b.site_at(h.site);
    const std::string own = address_of(f_, s, h.nth, f_.language),
                      en = address_of(f_, s, h.nth, "en");
    households_.put(head_, b.at(h.head).key);
    households_.put(town_, f_.towns[static_cast<std::size_t>(h.town)].place->code);
    households_.put(address_, own);
    households_.put(address_en_, en);
    households_.put(formed_, h.formed);
    households_.put(cause_, h.split ? "split" : "move_in");
    households_.write(tx, h.key.str(), h.formed);
  }
  void write_person(store::write& tx, const person& p, const household& h) {
    const std::string number = resident_number(p.born, p.female, p.serial);
    const std::string name = name_of(f_, p), latin = latin_of(f_, p);
    persons_.put(number_, number);
    persons_.put(name_, name);
    persons_.put(latin_, latin);
    persons_.put(born_, p.born);
    persons_.put(sex_, p.female ? "f" : "m");
    persons_.put(household_, h.key);
    persons_.put(relation_, code_of(p.is));
    persons_.put(since_, p.since);
    persons_.put(entry_, code_of(p.entry));
    persons_.put(status_, "resident");
    persons_.write(tx, p.key.str(), p.since);
  }

  const parameters& f_;
  table persons_, households_;
  const int number_ = persons_.slot("resident_number"), name_ = persons_.slot("name"),
            latin_ = persons_.slot("latin"), born_ = persons_.slot("born"),
            sex_ = persons_.slot("sex"), household_ = persons_.slot("household"),
            relation_ = persons_.slot("relation"), since_ = persons_.slot("since"),
            entry_ = persons_.slot("entry"), status_ = persons_.slot("status"),
            head_ = households_.slot("head"), town_ = households_.slot("town"),
            address_ = households_.slot("address"), address_en_ = households_.slot("address_en"),
            formed_ = households_.slot("formed"), cause_ = households_.slot("cause");
};

class families final : public writer {
 public:
  families(const parameters& figures, registers::registry& r)
      : f_(figures), people_(r, "families", recorded_at(figures)) {}
  std::vector<table*> tables() override { return {&people_}; }

  void write(store::write& tx, const block& b) override {
    for (const person& p : b.people) write_person(tx, b, p);
  }

 private:
  void write_person(store::write& tx, const block& b, const person& p) {
    const std::string name = name_of(f_, p);
    // Numbers have been given since the end of 1968 (Resident Registration Act, enforcement
    // decree).
    static const date first_numbers = *date::of(1968, 11, 21);
    const std::string number =
        p.died > first_numbers ? resident_number(p.born, p.female, p.serial) : std::string();
    const auto& seats = f_.called.surnames[static_cast<std::size_t>(p.surname)].seats;
    const std::string base = base_of(p);
    people_.put(name_, name);
    if (!number.empty()) people_.put(number_, number);
    people_.put(born_, p.born);
    people_.put(sex_, p.female ? "f" : "m");
    if (p.seat >= 0) people_.put(seat_, seats[static_cast<std::size_t>(p.seat)]);
    people_.put(base_, base);
    if (int father = b.father_of(p); father >= 0) people_.put(father_, b.at(father).key);
    if (int mother = b.mother_of(p); mother >= 0) people_.put(mother_, b.at(mother).key);
    date from = p.born;
    if (p.spouse >= 0) {
      const date married = b.bond_at(p.bond).married;
      people_.put(spouse_, b.at(p.spouse).key);
      people_.put(married_, married);
      from = std::max(from, married);
    }
    if (!p.lives()) {
      people_.put(died_, p.died);
      from = std::max(from, p.died);
    }
    people_.write(tx, p.key.str(), from);
  }
  std::string base_of(const person& p) const {
    const town& t = f_.towns[static_cast<std::size_t>(p.base_town)];
    const auto m = static_cast<std::size_t>(t.municipality);
    return f_.province_of[m](f_.language) + " " + f_.municipalities[m]->name(f_.language) + " " +
           t.place->name(f_.language) + " " + std::to_string(p.base_lot);
  }

  const parameters& f_;
  table people_;
  const int name_ = people_.slot("name"), number_ = people_.slot("resident_number"),
            born_ = people_.slot("born"), sex_ = people_.slot("sex"),
            seat_ = people_.slot("clan_seat"), base_ = people_.slot("registered_base"),
            father_ = people_.slot("father"), mother_ = people_.slot("mother"),
            spouse_ = people_.slot("spouse"), married_ = people_.slot("married"),
            died_ = people_.slot("died");
};

class vehicles final : public writer {
 public:
  vehicles(const parameters& figures, registers::registry& r)
      : f_(figures), cars_(r, "vehicles", recorded_at(figures)) {}
  std::vector<table*> tables() override { return {&cars_}; }

  void write(store::write& tx, const block& b) override {
    for (const vehicle& v : b.vehicles) {
      const person& owner = b.at(v.owner);
      const household& h = b.home(owner.household);
      const model& m = f_.models[static_cast<std::size_t>(v.model)];
      const std::string name = name_of(f_, owner), chassis = chassis_number(v.number),
                        base = address_of(f_, b.site_at(h.site), h.nth, f_.language);
      cars_.put(owner_, owner.key);
      cars_.put(owner_name_, name);
      cars_.put(kind_, m.said);
      cars_.put(kind_en_, m.en);
      cars_.put(fuel_, m.fuel);
      cars_.put(cc_, m.cc);
      cars_.put(chassis_, chassis);
      cars_.put(registered_, v.first_registered);
      cars_.put(town_, f_.towns[static_cast<std::size_t>(h.town)].place->code);
      cars_.put(base_, base);
      cars_.put(inspected_, v.inspected_until);
      cars_.write(tx, plate(v.number, f_.syllables), v.first_registered);
    }
  }

 private:
  const parameters& f_;
  table cars_;
  const int owner_ = cars_.slot("owner"), owner_name_ = cars_.slot("owner_name"),
            kind_ = cars_.slot("kind"), kind_en_ = cars_.slot("kind_en"),
            fuel_ = cars_.slot("fuel"), cc_ = cars_.slot("cc"), chassis_ = cars_.slot("chassis"),
            registered_ = cars_.slot("first_registered"), town_ = cars_.slot("town"),
            base_ = cars_.slot("base"), inspected_ = cars_.slot("inspected_until");
};

class businesses final : public writer {
 public:
  businesses(const parameters& figures, registers::registry& r)
      : f_(figures), shops_(r, "businesses", recorded_at(figures)) {}
  std::vector<table*> tables() override { return {&shops_}; }

  void write(store::write& tx, const block& b) override {
    for (const business& one : b.businesses) {
      const person& owner = b.at(one.owner);
      const household& h = b.home(owner.household);
      const bool home = one.site < 0;
      const site& s = b.site_at(home ? h.site : one.site);
      const trade& t = f_.trades[static_cast<std::size_t>(one.trade)];
      const std::string name = f_.called.given[static_cast<std::size_t>(one.prefix)].said + " " +
                               t.words[static_cast<std::size_t>(one.word)],
                        owner_name = name_of(f_, owner),
                        address = address_of(f_, s, home ? h.nth : -1, f_.language);
      shops_.put(name_, name);
      shops_.put(owner_, owner.key);
      shops_.put(owner_name_, owner_name);
      shops_.put(industry_, t.code);
      shops_.put(town_, f_.towns[static_cast<std::size_t>(s.town)].place->code);
      shops_.put(address_, address);
      shops_.put(opened_, one.opened);
      shops_.put(status_, one.status == 0 ? "active" : one.status == 1 ? "paused" : "closed");
      shops_.write(tx, business_number(one.number), one.opened);
    }
  }

 private:
  const parameters& f_;
  table shops_;
  const int name_ = shops_.slot("name"), owner_ = shops_.slot("representative"),
            owner_name_ = shops_.slot("representative_name"), industry_ = shops_.slot("industry"),
            town_ = shops_.slot("town"), address_ = shops_.slot("address"),
            opened_ = shops_.slot("opened"), status_ = shops_.slot("status");
};

}  // namespace

std::unique_ptr<writer> residents_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<residents>(figures, r);
}
std::unique_ptr<writer> families_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<families>(figures, r);
}
std::unique_ptr<writer> vehicles_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<vehicles>(figures, r);
}
std::unique_ptr<writer> businesses_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<businesses>(figures, r);
}

}  // namespace madang::population
