#pragma once

namespace madang::platform {
class house;
}

// National petitions (국민청원, A15; booklet chapter 26): when the people ask, the government answers.
// 100 backers list a petition, 200,000 within 30 days oblige the ministry of its category to
// answer: voices/national-petition.yaml of the pack. All else is what all such places share.
namespace madang::petitions {

void join(platform::house& house);

}  // namespace madang::petitions
