#include "traffic.h"

#include "user_agents.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace ad_delivery {
namespace {

// Chances in a million.
constexpr uint64_t kDuplicate = 10'000;
constexpr uint64_t kLate = 30'000;
constexpr uint64_t kBot = 50'000;
constexpr uint64_t kBroken = 100;
constexpr uint64_t kImpShare = 950'000;
constexpr uint64_t kClickShare = 40'000;
constexpr uint64_t kBurstBegins = 1'000;
constexpr uint64_t kClickBeforeImp = 10'000;

// People sleep at night: rows in each hour, relative to each other.
constexpr int64_t kHourWeights[] = {24, 17, 12, 10, 10, 14, 24, 38, 46, 48, 48, 50,
                                    56, 52, 48, 47, 48, 52, 58, 62, 66, 66, 56, 38};

constexpr size_t kRemembered = 20'000;

}  // namespace

Traffic::Traffic(const Setting& setting, Compressors& compressors, Truth& truth)
    : setting_(setting),
      compressors_(compressors),
      truth_(truth),
      text_(setting.day),
      random_(setting.seed, 4),
      delayed_(24),
      imps_now_(kRemembered),
      imps_before_(kRemembered),
      clicks_now_(kRemembered),
      clicks_before_(kRemembered),
      convs_now_(kRemembered),
      convs_before_(kRemembered) {}

void Traffic::run_hour(int hour) {
    const std::string partition = "dt=" + date_text(setting_.day) +
                                  "/hour=" + hour_text(setting_.day + hour * kHour).substr(11, 2);
    const auto writer = [&](const char* log, const char* extension, const char* header) {
        return PartWriter(compressors_, setting_.logs / log / partition, extension, header);
    };
    Files files{.imp = writer("imp", ".csv.gz", kImpHeader),
                .click = writer("click", ".csv.gz", kClickHeader),
                .conv = writer("conv", ".jsonl.gz", "")};
    hour_ = hour;
    burst_ = {};
    const int64_t rows = rows_in(hour);
    for (int64_t row = 0; row < rows; ++row) {
        now_ = setting_.day + hour * kHour + row * kHour / rows;
        const uint64_t kind = random_.below(1'000'000);
        if (kind < kImpShare) {
            imp_row(files);
        } else if (kind < kImpShare + kClickShare) {
            click_row(files);
        } else {
            conv_row(files);
        }
    }
    files.imp.close();
    files.click.close();
    files.conv.close();
    imps_before_.add_all(imps_now_, random_);
    clicks_before_.add_all(clicks_now_, random_);
    convs_before_.add_all(convs_now_, random_);
    imps_now_.clear();
    clicks_now_.clear();
    convs_now_.clear();
}

// The last hour takes what rounding left over, so that the day has exactly the rows asked for.
int64_t Traffic::rows_in(int hour) const {
    const int64_t total =
        std::accumulate(std::begin(kHourWeights), std::end(kHourWeights), int64_t{0});
    int64_t before = 0;
    for (int i = 0; i < hour; ++i) before += setting_.events * kHourWeights[i] / total;
    return hour == 23 ? setting_.events - before : setting_.events * kHourWeights[hour] / total;
}

void Traffic::imp_row(Files& files) {
    ++faults_.imp.rows;
    Imp imp;
    Damage damage = Damage::kNone;
    if (chance(kBroken)) {
        ++faults_.imp.broken;
        imp = setting_.placements.impression(random_);
        imp.ts = now_;
        damage = static_cast<Damage>(random_.between(1, 4));
    } else if (chance(kDuplicate) && !imps_now_.empty()) {
        ++faults_.imp.duplicates;
        const bool again_later = random_.below(10) < 3 && !imps_before_.empty();
        imp = again_later ? imps_before_.pick(random_) : imps_now_.pick(random_);
        if (again_later) imp.price_micros += random_.between(0, 5);
    } else {
        imp = fresh_imp();
        if (is_bot_agent(imp.user_agent)) ++faults_.imp.bots;
        if (hours_late(imp.ts) > 0) ++faults_.imp.late;
        imps_now_.add(imp, random_);
    }
    text_.append(files.imp.text(), imp, damage);
    files.imp.line_done();
    if (damage == Damage::kNone) truth_.imp(imp);
}

void Traffic::click_row(Files& files) {
    ++faults_.click.rows;
    Click click;
    Damage damage = Damage::kNone;
    if (chance(kBroken)) {
        ++faults_.click.broken;
        click = click_on(setting_.placements.impression(random_), now_).click;
        damage = static_cast<Damage>(random_.between(1, 4));
    } else if (chance(kDuplicate) && !clicks_now_.empty()) {
        ++faults_.click.duplicates;
        const bool again_later = random_.below(10) < 3 && !clicks_before_.empty();
        click = again_later ? clicks_before_.pick(random_).click : clicks_now_.pick(random_).click;
        if (again_later) click.ip ^= 1;
    } else {
        const bool bursts = burst_.left > 0 ? chance(500'000) : chance(kBurstBegins);
        const KnownClick known = bursts          ? burst_click()
                                 : chance(kLate) ? late_click()
                                                 : fresh_click();
        click = known.click;
        if (bursts || is_bot_agent(click.user_agent)) ++faults_.click.bots;
        if (hours_late(click.ts) > 0) ++faults_.click.late;
        clicks_now_.add(known, random_);
    }
    text_.append(files.click.text(), click, damage);
    files.click.line_done();
    if (damage == Damage::kNone) truth_.click(click);
}

void Traffic::conv_row(Files& files) {
    ++faults_.conv.rows;
    Conv conv;
    Damage damage = Damage::kNone;
    if (chance(kBroken)) {
        ++faults_.conv.broken;
        conv = fresh_conv();
        damage = static_cast<Damage>(random_.between(1, 3));
    } else if (chance(kDuplicate) && !convs_now_.empty()) {
        ++faults_.conv.duplicates;
        const bool again_later = random_.below(10) < 3 && !convs_before_.empty();
        conv = again_later ? convs_before_.pick(random_) : convs_now_.pick(random_);
        if (again_later) conv.value_micros += random_.between(0, 5);
    } else {
        conv = fresh_conv();
        if (hours_late(conv.ts) > 0) ++faults_.conv.late;
        convs_now_.add(conv, random_);
    }
    text_.append(files.conv.text(), conv, damage);
    files.conv.line_done();
    if (damage == Damage::kNone) truth_.conv(conv);
}

Imp Traffic::fresh_imp() {
    auto& delayed = delayed_[static_cast<size_t>(hour_)];
    if (!delayed.empty() && chance(kLate)) {
        const Imp imp = delayed.back();
        delayed.pop_back();
        return imp;
    }
    Imp imp = setting_.placements.impression(random_);
    imp.ts = chance(kLate) ? late_ts() : now_;
    if (chance(kBot)) {
        const User robot = setting_.placements.robot(random_);
        imp.uid = robot.uid;
        imp.ip = robot.ip;
        imp.user_agent = robot.user_agent;
    }
    return imp;
}

// The appeal of its creative decides whether an impression is clicked; after a few refusals any is.
Imp Traffic::clicked_imp() {
    Imp imp;
    for (int attempt = 0; attempt < 6; ++attempt) {
        if (imps_now_.empty() || chance(150'000)) {
            const auto& past = setting_.past.imps;
            const bool today = !imps_before_.empty();
            imp = today ? imps_before_.pick(random_) : past[random_.below(past.size())];
        } else {
            imp = imps_now_.pick(random_);
        }
        if (static_cast<int>(random_.below(1000)) < setting_.placements.appeal(imp.creative_id))
            break;
    }
    return imp;
}

Traffic::KnownClick Traffic::fresh_click() {
    if (hour_ < 23 && chance(kClickBeforeImp)) {
        Imp imp = setting_.placements.impression(random_);
        imp.ts = now_;
        delayed_[static_cast<size_t>(random_.between(hour_ + 1, std::min(hour_ + 5, 23)))]
            .push_back(imp);
        return click_on(imp, now_);
    }
    return click_on(clicked_imp(), now_);
}

// Somebody's phone was off for hours: the click is as old as its impression.
Traffic::KnownClick Traffic::late_click() {
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto& past = setting_.past.imps;
        const bool today = !imps_before_.empty() && random_.below(2) == 0;
        const Imp imp = today ? imps_before_.pick(random_) : past[random_.below(past.size())];
        const int64_t ts = imp.ts + random_.between(1, 600);
        const int late = hours_late(ts);
        if (late >= 1 && late <= kPastHours) return click_on(imp, ts);
    }
    return fresh_click();
}

Traffic::KnownClick Traffic::burst_click() {
    if (burst_.left == 0) {
        burst_.left = static_cast<int>(random_.between(8, 60));
        burst_.one_address = random_.below(2) == 0;
        burst_.user = setting_.placements.user(random_);
    }
    --burst_.left;
    KnownClick known = fresh_click();
    const User other = setting_.placements.user(random_);
    known.click.uid = burst_.one_address ? other.uid : burst_.user.uid;
    known.click.ip = burst_.one_address ? burst_.user.ip : other.ip;
    known.click.user_agent = burst_.user.user_agent;
    return known;
}

Conv Traffic::fresh_conv() {
    Conv conv;
    conv.conv_id = setting_.placements.next_id();
    conv.ts = chance(kLate) ? late_ts() : now_;
    conv.value_micros = 1'000'000 + static_cast<int64_t>(random_.heavy_tailed(200'000'000, 3));
    const uint64_t source = random_.below(10);
    if (source < 5 && !clicks_now_.empty()) {
        const KnownClick& known = clicks_now_.pick(random_);
        conv.uid = known.click.uid;
        conv.advertiser_id = known.advertiser_id;
    } else if (source < 7 && !clicks_before_.empty()) {
        const KnownClick& known = clicks_before_.pick(random_);
        conv.uid = known.click.uid;
        conv.advertiser_id = known.advertiser_id;
    } else if (source < 8) {
        const auto& past = setting_.past.clicks;
        const PastClick& click = past[random_.below(past.size())];
        conv.uid = click.click.uid;
        conv.advertiser_id = advertiser_of(click.creative_id);
    } else {
        conv.uid = setting_.placements.user(random_).uid;
        conv.advertiser_id = 1 + static_cast<int>(random_.heavy_tailed(kAdvertisers));
    }
    return conv;
}

Traffic::KnownClick Traffic::click_on(const Imp& imp, int64_t ts) {
    return {.click = {.click_id = setting_.placements.next_id(),
                      .imp_id = imp.imp_id,
                      .ts = ts,
                      .uid = imp.uid,
                      .ip = imp.ip,
                      .user_agent = imp.user_agent},
            .advertiser_id = advertiser_of(imp.creative_id)};
}

int Traffic::advertiser_of(int creative_id) const {
    return setting_.masters.campaign_of(creative_id).advertiser_id;
}

int Traffic::hours_late(int64_t ts) const {
    const int64_t hour = (ts - setting_.day + kPastHours * kHour) / kHour - kPastHours;
    return hour_ - static_cast<int>(hour);
}

// 1 to 72 hours before this one, most of them only a few.
int64_t Traffic::late_ts() {
    const int64_t hours = 1 + static_cast<int64_t>(random_.heavy_tailed(kPastHours));
    return setting_.day + (hour_ - hours) * kHour + static_cast<int64_t>(random_.below(kHour));
}

}  // namespace ad_delivery
