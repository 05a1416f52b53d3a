# A mock operator in a container: docker build -t uid2-mock . && docker run --rm -p 8432:8432 uid2-mock
# BASE is any image with Node 20.19 or newer and npm.
ARG BASE=node:24-slim

# What it makes runs on every platform, so it is built on the machine's own.
FROM --platform=$BUILDPLATFORM ${BASE} AS build
WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/bundle.js \
 && npm pack --ignore-scripts --silent --pack-destination / \
 && mkdir -p /opt/uid2-mock \
 && tar -xzf /uid2-mock-operator-*.tgz --strip-components=1 -C /opt/uid2-mock
# The client of --store, an optional peer of the package, in the versions of the lock file.
RUN npm query '#iovalkey, #iovalkey *' \
  | node -p 'JSON.parse(require("fs").readFileSync(0)).map(({ location }) => location).join("\n")' \
  | tar -cf - -T - | tar -xf - -C /opt/uid2-mock \
 && mkdir /opt/uid2-mock/bin \
 && ln -s "../$(node -p 'require("./package.json").bin["uid2-mock"]')" /opt/uid2-mock/bin/uid2-mock \
 && chmod +x /opt/uid2-mock/bin/uid2-mock

FROM ${BASE}
LABEL org.opencontainers.image.title="uid2-mock-operator" \
      org.opencontainers.image.description="A local UID2 operator for development and tests" \
      org.opencontainers.image.source="https://github.com/uid2-mock/uid2-mock-operator" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/uid2-mock /opt/uid2-mock
COPY containers/entrypoint.js /opt/uid2-mock/entrypoint.js
ENV PATH=/opt/uid2-mock/bin:$PATH \
    NODE_ENV=production \
    UID2_MOCK_HOST=0.0.0.0
# A number, so that Kubernetes can check runAsNonRoot.
USER 10001:10001
EXPOSE 8432
HEALTHCHECK --interval=5s --timeout=6s --start-period=10s CMD ["uid2-mock", "healthcheck"]
ENTRYPOINT ["node", "/opt/uid2-mock/entrypoint.js"]
CMD ["start"]
