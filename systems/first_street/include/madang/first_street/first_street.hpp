#pragma once

namespace madang::platform {
class house;
}

// Gwanghwamoon 1st Street (광화문1번가, A16; booklet chapter 27): proposals that 60 likes, or 10
// people who comment, bring to the ministry in charge; open communication forums with broadcast,
// discussion, record and promises; one board over all sites of participation; activities; a
// calendar; what ministries made of it. Rules: voices/*.yaml and participation/channel.yaml of the
// pack.
namespace madang::first_street {

void join(platform::house& house);

}  // namespace madang::first_street
