# The server alone: nothing is built in the browser, nothing is fetched while it runs. How to use it: docs/operations.md.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/nablascope

# First what changes seldom: every package by the hash that it is locked with.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes -r requirements/run.txt

COPY pyproject.toml README.md LICENSE ./
COPY engine engine
COPY server server
COPY static static
COPY templates templates
RUN pip install --no-deps --no-build-isolation .

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin nablascope \
 && install --directory --owner nablascope --mode 700 /data
USER nablascope
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["nablascope", "--no-open", "--port", "8000", "--data", "/data"]
# Options after the image's name take the place of this one.
CMD ["--host", "0.0.0.0"]
