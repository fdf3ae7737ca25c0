package dev.weir.peer;

import dev.weir.peer.wire.QuorumApi;
import dev.weir.peer.wire.QuorumApis;
import dev.weir.peer.wire.Sender;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumRequest.AddVoter;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.RemoveVoter;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumTransport;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of the quorum to its peers: Kafka's messages over a {@link PeerClient}. Fetches have a connection of their own, so that
 * a vote does not wait behind one. Safe on any thread; answers come on the context of the thread that sends.
 */
public final class QuorumPeers implements QuorumTransport {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumPeers.class);
    private static final int MAX_LEARNED = 100;

    private final PeerClient client;
    private final Supplier<@Nullable String> clusterId;
    private final Settings settings;
    private final Map<Integer, PeerEndpoint> learned = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger newestEpoch = new AtomicInteger();

    /**
     * The peers of one replica.
     *
     * @param client which {@link #close} closes as well
     * @param clusterId returns the id of the cluster; null or empty while it is not known
     */
    public QuorumPeers(PeerClient client, Supplier<@Nullable String> clusterId, Settings settings) {
        this.client = client;
        this.clusterId = clusterId;
        this.settings = settings;
    }

    /**
     * Where this replica and its peers are.
     *
     * @param listener the name of the listener by which peers are reached; of a voter without it, its first endpoint counts
     * @param own where this replica listens for its peers
     * @param bootstrap asked by turns for who leads
     * @param requestTimeoutMs how long a request may take, beside the time that a fetch waits for news
     */
    public record Settings(
            String listener, List<Voter.Endpoint> own, List<PeerEndpoint> bootstrap, int requestTimeoutMs) {
        public Settings {
            own = List.copyOf(own);
            bootstrap = List.copyOf(bootstrap);
        }
    }

    @Override
    public void send(
            int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
        Optional<PeerEndpoint> endpoint = endpoint(to, voters, request);
        if (endpoint.isEmpty()) {
            unanswered.run();
            return;
        }
        know(epochOf(request));
        send(endpoint.get(), request, answered, unanswered);
    }

    @Override
    public void close() {
        client.close();
    }

    private <Q extends QuorumRequest> void send(
            PeerEndpoint to, Q request, Consumer<QuorumAnswer> answered, Runnable unanswered) {
        QuorumApi<Q, ApiMessage, ApiMessage> api = QuorumApis.of(request);
        ApiMessage message = api.request(request, new Sender(knownCluster(), settings.own(), newestEpoch.get()));
        client.send(to, purpose(request), message, timeoutMs(request)).onComplete(result -> {
            QuorumAnswer answer = null;
            if (result.succeeded()) {
                answer = read(to, api, request, result.result());
            } else {
                LOG.debug(
                        "{} has not answered {}: {}",
                        to,
                        api.api(),
                        result.cause().getMessage());
            }
            if (answer == null) {
                unanswered.run();
            } else {
                answered.accept(answer);
            }
        });
    }

    private @Nullable String knownCluster() {
        String id = clusterId.get();
        return id == null || id.isEmpty() ? null : id;
    }

    private <Q extends QuorumRequest> @Nullable QuorumAnswer read(
            PeerEndpoint from, QuorumApi<Q, ApiMessage, ApiMessage> api, Q request, ApiMessage response) {
        try {
            QuorumAnswer answer = api.answer(request, response);
            know(answer.response().epoch());
            api.leader(response).ifPresent(node -> {
                if (learned.size() < MAX_LEARNED || learned.containsKey(node.id())) {
                    learned.put(node.id(), new PeerEndpoint(node.host(), node.port()));
                }
            });
            return answer;
        } catch (RuntimeException e) {
            LOG.warn("{} has answered {} with {}", from, api.api(), e.getMessage());
            return null;
        }
    }

    /** A voter's endpoint is in the log. A leader may be one that this replica's log does not name yet. */
    private Optional<PeerEndpoint> endpoint(int to, VoterSet voters, QuorumRequest request) {
        if (to == ANY_BOOTSTRAP_SERVER) {
            return anyBootstrapServer();
        }
        Optional<PeerEndpoint> known = voters.voter(to)
                .flatMap(voter -> endpointOf(voter, settings.listener()))
                .or(() -> Optional.ofNullable(learned.get(to)));
        return known.isPresent() || !toAnyLeader(request) ? known : anyBootstrapServer();
    }

    private Optional<PeerEndpoint> anyBootstrapServer() {
        List<PeerEndpoint> servers = settings.bootstrap();
        return servers.isEmpty()
                ? Optional.empty()
                : Optional.of(servers.get(Math.floorMod(turn.getAndIncrement(), servers.size())));
    }

    /** Where a voter is reached: by the listener of that name, else by its first. */
    static Optional<PeerEndpoint> endpointOf(Voter voter, String listener) {
        return voter.endpoints().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .or(() -> voter.endpoints().stream().findFirst())
                .map(endpoint -> new PeerEndpoint(endpoint.host(), endpoint.port()));
    }

    private static boolean toAnyLeader(QuorumRequest request) {
        return request instanceof Fetch || request instanceof FetchSnapshot || request instanceof UpdateVoter;
    }

    private static PeerPurpose purpose(QuorumRequest request) {
        return request instanceof Fetch || request instanceof FetchSnapshot ? PeerPurpose.METADATA : PeerPurpose.QUORUM;
    }

    private int timeoutMs(QuorumRequest request) {
        return settings.requestTimeoutMs() + (request instanceof Fetch fetch ? fetch.maxWaitMs() : 0);
    }

    private void know(int epoch) {
        newestEpoch.accumulateAndGet(epoch, Math::max);
    }

    private static int epochOf(QuorumRequest request) {
        if (request instanceof Vote vote) {
            return vote.preVote() ? vote.epoch() : vote.epoch() - 1;
        } else if (request instanceof QuorumRequest.BeginQuorumEpoch begin) {
            return begin.epoch();
        } else if (request instanceof QuorumRequest.EndQuorumEpoch end) {
            return end.epoch();
        } else if (request instanceof Fetch fetch) {
            return fetch.epoch();
        } else if (request instanceof FetchSnapshot fetch) {
            return fetch.epoch();
        }
        assert request instanceof AddVoter || request instanceof RemoveVoter || request instanceof UpdateVoter;
        return -1;
    }
}
