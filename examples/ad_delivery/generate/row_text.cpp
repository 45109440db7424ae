#include "row_text.h"

#include "user_agents.h"

#include <charconv>

namespace ad_delivery {
namespace {

void number(std::string& out, int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

void field(std::string& out, int64_t value) {
    number(out, value);
    out += ',';
}

void address(std::string& out, uint32_t ip) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        number(out, (ip >> shift) & 255);
        out += shift > 0 ? '.' : ',';
    }
}

// A user agent holds commas, so it is quoted.
void agent(std::string& out, int index) {
    out += '"';
    out += user_agents()[static_cast<size_t>(index)];
    out += '"';
}

// A line cut after a third of its bytes lacks most of its columns.
void finish(std::string& out, size_t begin, Damage damage) {
    if (damage == Damage::kExtraColumn) out += ",oops";
    if (damage == Damage::kCutShort) out.resize(begin + (out.size() - begin) / 3);
    out += '\n';
}

}  // namespace

void RowText::time(std::string& out, int64_t second, Damage damage) const {
    if (damage == Damage::kBadTime) {
        out += "yesterday";
    } else {
        clock_.append(out, second);
    }
}

void RowText::append(std::string& out, const Imp& imp, Damage damage) const {
    const size_t begin = out.size();
    field(out, imp.imp_id);
    time(out, imp.ts, damage);
    out += ',';
    field(out, imp.slot_id);
    field(out, imp.creative_id);
    field(out, imp.line_item_id);
    field(out, imp.uid);
    address(out, imp.ip);
    agent(out, imp.user_agent);
    out += ',';
    out += kGeos[imp.geo];
    out += ',';
    if (damage == Damage::kBadNumber) out += "N/A";
    number(out, imp.price_micros);
    finish(out, begin, damage);
}

void RowText::append(std::string& out, const Click& click, Damage damage) const {
    const size_t begin = out.size();
    field(out, click.click_id);
    if (damage == Damage::kBadNumber) out += "N/A";
    field(out, click.imp_id);
    time(out, click.ts, damage);
    out += ',';
    field(out, click.uid);
    address(out, click.ip);
    agent(out, click.user_agent);
    finish(out, begin, damage);
}

void RowText::append(std::string& out, const Conv& conv, Damage damage) const {
    const size_t begin = out.size();
    out += "{\"conv_id\":";
    field(out, conv.conv_id);
    out += "\"uid\":";
    field(out, conv.uid);
    out += "\"ts\":\"";
    time(out, conv.ts, damage);
    out += "\",\"advertiser_id\":";
    field(out, conv.advertiser_id);
    out += "\"value_micros\":";
    if (damage == Damage::kBadNumber) out += "\"N/A\",\"was\":";
    number(out, conv.value_micros);
    out += '}';
    finish(out, begin, damage);
}

}  // namespace ad_delivery
