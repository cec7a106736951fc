#include "mirror/probe.h"

#include <algorithm>

#include "base/check.h"

namespace muniment {
namespace {

Reach reach_of(HttpStage stage) {
  switch (stage) {
    case HttpStage::name: return Reach::name;
    case HttpStage::proxy: return Reach::proxy;
    case HttpStage::connection: return Reach::connection;
    case HttpStage::tls: return Reach::tls;
    case HttpStage::answer: return Reach::cut;
  }
  panic(__FILE__, __LINE__, "unknown stage");
}

/// One question. Nothing where the probe is over: it then says why.
std::optional<HttpResponse> ask(HttpClient& client, HttpRequest request, Probe& probe) {
  BrokenExchange broken;
  request.broken = &broken;
  auto answer = client.exchange(request);
  if (answer) return std::move(*answer);
  probe.sentence = answer.error().sentence();
  probe.reach = Reach::refused;  // what is not sent, and what is too long to be ours
  if (answer.error().code() == Code::limit) probe.reach = Reach::foreign;
  if (answer.error().code() == Code::unavailable) {
    probe.reach = reach_of(broken.stage);
    probe.bytes = broken.response.body.size();
  }
  return std::nullopt;
}

void end(Probe& probe, Reach reach, std::string sentence) {
  probe.reach = reach;
  probe.sentence = std::move(sentence);
}

std::string status_text(const HttpResponse& answer) { return "it answers " + std::to_string(answer.status); }

void look_at_canary(HttpClient& client, const std::string& address, const Canary& canary, Probe& probe) {
  HttpRequest request;
  request.url = address + "/" + canary.name;
  request.range = {0, canary.beginning.size() - 1};
  request.body_bytes_max = canary.size_bytes;  // a server may give the whole instead
  const auto answer = ask(client, std::move(request), probe);
  if (!answer || answer->status == 404 || answer->status == 401) return;
  if (answer->status != 200 && answer->status != 206)
    return end(probe, Reach::refused, status_text(*answer) + " for an object of the archive");
  const bool is_ours = answer->body.size() >= canary.beginning.size() &&
                       equal(ByteView(answer->body).first(canary.beginning.size()), canary.beginning);
  if (!is_ours) end(probe, Reach::foreign, "what it gives for an object of the archive is not that object");
}

}  // namespace

std::string_view name_of(Reach reach) {
  switch (reach) {
    case Reach::answers: return "answers";
    case Reach::name: return "name";
    case Reach::proxy: return "proxy";
    case Reach::connection: return "connection";
    case Reach::tls: return "tls";
    case Reach::cut: return "cut";
    case Reach::refused: return "refused";
    case Reach::foreign: return "foreign";
  }
  panic(__FILE__, __LINE__, "unknown reach");
}

Probe probe_mirror(HttpClient& client, const std::string& address, const LogIdentity& log,
                   const std::optional<Canary>& canary) {
  Probe probe;
  HttpRequest request;
  request.url = address + "/checkpoint";
  request.body_bytes_max = kCheckpointBytesMax;
  const auto answer = ask(client, std::move(request), probe);
  if (!answer) return probe;
  if (answer->status != 200) {
    end(probe, Reach::refused, status_text(*answer));
    return probe;
  }
  auto head = verify_head(as_text(answer->body), log);
  if (!head) {
    end(probe, Reach::foreign,
        "what it answers is no checkpoint of this archive: another server, a page of the network, or a thief's log");
    return probe;
  }
  probe.head = std::move(*head);
  probe.sentence = "answers";
  if (canary) look_at_canary(client, address, *canary, probe);
  return probe;
}

}  // namespace muniment
