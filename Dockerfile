# Two programs in one image: proklama (the default) and portal-simulator.
#
#   docker build -t proklama .
#   docker run --rm proklama --help

FROM swift:6.2-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libcurl4-openssl-dev libjansson-dev libmicrohttpd-dev librdkafka-dev libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
# The Swift runtime goes into the programs, so the image below needs Debian's C libraries only.
RUN swift build -c release --static-swift-stdlib --product proklama \
    && swift build -c release --static-swift-stdlib --product portal-simulator \
    && install -D -s -t /out .build/release/proklama .build/release/portal-simulator

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libjansson4 libmicrohttpd12 librdkafka1 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin proklama
COPY --from=build /out/ /usr/local/bin/
USER 10001
ENV PROKLAMA_ADMIN_LISTEN=0.0.0.0:9464
EXPOSE 9464
STOPSIGNAL SIGTERM
# Alive, not ready: a worker that waits for the portal must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["proklama"]
CMD ["run"]
