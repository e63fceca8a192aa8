// Parcels and buildings.
//
// A house is one building; of a house of flats each dwelling that somebody lives in is a record of
// its own (전유부), at the dwelling's address, on the parcel that all share. The number of a building
// is that of its parcel and five digits: 00000 the whole, else the dwelling.
#include <fmt/format.h>

#include "numbers.hpp"
#include "rows.hpp"

namespace madang::population {
namespace {

class land final : public writer {
 public:
  land(const parameters& figures, registers::registry& r)
      : f_(figures),
        parcels_(r, "parcels", recorded_at(figures)),
        buildings_(r, "buildings", recorded_at(figures)) {}
  std::vector<table*> tables() override { return {&parcels_, &buildings_}; }

  void write(store::write& tx, const block& b) override {
    for (const parcel& p : b.parcels) write_parcel(tx, b, p);
    for (const household& h : b.households)
      write_building(tx, b, b.site_at(h.site), h.nth, h.owner);
    for (const site& s : b.sites)
      if (s.use >= 0) write_building(tx, b, s, -1, s.owner);
  }

 private:
  void write_parcel(store::write& tx, const block& b, const parcel& p) {
    const std::string& category =
        p.category < 0 ? f_.plot
                       : f_.land_categories.codes[static_cast<std::size_t>(p.category)];
    const bool mountain = category == f_.forest;
    const std::string lot = lot_of(p, mountain);
    const std::string name = p.owner < 0 ? std::string() : name_of(f_, b.at(p.owner));
    parcels_.put(town_, f_.towns[static_cast<std::size_t>(p.town)].place->code);
    parcels_.put(lot_, lot);
    parcels_.put(category_, category);
    parcels_.put(area_, p.area);
    parcels_.put(price_, p.price);
    if (p.owner >= 0) {
      parcels_.put(owner_, b.at(p.owner).key);
      parcels_.put(owner_name_, name);
    }
    parcels_.put(acquired_, p.acquired);
    parcels_.write(tx, parcel_of(f_, p.town, p.main, p.sub, mountain), p.acquired);
  }
  std::string lot_of(const parcel& p, bool mountain) const {
    const words& form = mountain ? f_.forms.mountain_lot : f_.forms.lot;
    std::string out = text::replace_all(form(f_.language), "{main}", std::to_string(p.main));
    if (p.sub == 0) return text::replace_all(std::move(out), "-{sub}", "");
    return text::replace_all(std::move(out), "{sub}", std::to_string(p.sub));
  }

  void write_building(store::write& tx, const block& b, const site& s, int nth, int owner) {
    const bool flat = s.apartment >= 0;
    const std::string parcel = parcel_of(f_, s.town, s.main, s.sub, false);
    const std::string address = address_of(f_, s, nth, f_.language),
                      en = address_of(f_, s, nth, "en");
    buildings_.put(b_parcel_, parcel);
    buildings_.put(b_town_, f_.towns[static_cast<std::size_t>(s.town)].place->code);
    buildings_.put(b_address_, address);
    buildings_.put(b_address_en_, en);
    buildings_.put(b_structure_, flat ? f_.flat_structure
                                      : f_.structures.codes[static_cast<std::size_t>(s.structure)]);
    buildings_.put(b_use_, s.use >= 0 ? f_.shop_uses[static_cast<std::size_t>(s.use)]
                           : flat    ? f_.flat_use
                                     : f_.house_use);
    buildings_.put(b_floors_, s.floors);
    buildings_.put(b_units_, s.use >= 0 ? 0 : 1);
    buildings_.put(b_area_, s.area);
    buildings_.put(b_approved_, s.approved);
    buildings_.put(b_owner_, b.at(owner).key);
    buildings_.write(tx, fmt::format("{}-{:05}", parcel, flat ? nth + 1 : 0), s.approved);
  }

  const parameters& f_;
  table parcels_, buildings_;
  const int town_ = parcels_.slot("town"), lot_ = parcels_.slot("lot"),
            category_ = parcels_.slot("category"), area_ = parcels_.slot("area"),
            price_ = parcels_.slot("price"), owner_ = parcels_.slot("owner"),
            owner_name_ = parcels_.slot("owner_name"), acquired_ = parcels_.slot("acquired"),
            b_parcel_ = buildings_.slot("parcel"), b_town_ = buildings_.slot("town"),
            b_address_ = buildings_.slot("address"),
            b_address_en_ = buildings_.slot("address_en"),
            b_structure_ = buildings_.slot("structure"),
            b_use_ = buildings_.slot("use"), b_floors_ = buildings_.slot("floors"),
            b_units_ = buildings_.slot("units"), b_area_ = buildings_.slot("area"),
            b_approved_ = buildings_.slot("approved"), b_owner_ = buildings_.slot("owner");
};

}  // namespace

std::unique_ptr<writer> land_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<land>(figures, r);
}

}  // namespace madang::population
