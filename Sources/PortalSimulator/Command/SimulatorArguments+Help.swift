extension SimulatorArguments {
    static let help = """
        portal-simulator: a stand-in for the probate portal that goes wrong on request and counts every filing

        USAGE
          portal-simulator [OPTIONS]

        OPTIONS
          --listen [ADDRESS:]PORT   where to listen (127.0.0.1:8443; port 0 takes a free one)
          --tls-cert FILE           server certificate with its chain, PEM; without it, HTTP
          --tls-key FILE            its key, PEM
          --client-ca FILE          require client certificates from these authorities, PEM
          --client-cert FILE        check the signature of JWT assertions against this certificate, PEM
          --estates FILE            the estates, one JSON object a line; with "tilgaengeligFra" (an RFC 3339 time, or
                                    "+30s") an estate is unknown until then
          --any-estate              every substitute CPR number (day + 60) and every name with an address has an estate
          --latency MS|MIN-MAX      how long a call takes (0)
          --fault NAME=RATE         how often something goes wrong, 0 to 1; may be given many times
          --seed N                  decides which calls go wrong (1)
          --token-auth HOW          none, any, mtls or private-key-jwt (any); none: calls need no token
          --token-lifetime SECONDS  how long a token is good (300)
          --idempotency on|off      the same Idempotency-Key gets the first answer again (off)
          --strict-references       a reference that is filed already is refused with 409 (else the same contents are
                                    stored again, as a duplicate that the audit counts)
          --journal FILE            keep what is filed in this file, through restarts and kill -9
          --attachments FOLDER      keep the contents of attachments in this folder, in files named by their IDs
          --help, --version

        CPR NUMBERS WITH --any-estate, by their last four digits
          0000  no estate
          0001  two estates
          0002  unknown until 10 s after the first search
          0003  filings are refused with 422
          0004  the first answer to each filing is lost

        FAULTS, for every call but the token, or with a call's name in front (submit.answer-lost=0.1)
          refuse           every connection is closed at once, for the token too
          reset-before     reset before anything is done
          answer-lost      done, then closed without an answer
          error            500, nothing stored
          error-after      500, although stored
          unavailable      503 with Retry-After          too-many       429 with Retry-After
          unauthorized     401                           forbidden      403
          redirect         307 to another host
          malformed        done, half of the answer      html           done, answered with a web page
          cut-upload       an upload is cut off           too-large      413 to an upload
          invalid-file     422 to an upload
          slow             done at once, answered after slow-seconds
          slow-processing  done only after slow-seconds
          token-refused    401 to the token request
          slow-seconds=5 and retry-after-seconds=1 are set in the same way
        Calls: token, search, changes, submit, lookup, show, amend, withdraw, attach.

        WHILE IT RUNS
          GET  /_audit                filings, identities, duplicates, calls, faults as one JSON object
          GET  /_audit?full=1         the same, with every identity and its events
          GET  /_audit?format=jsonl   the identities alone, one a line
          GET, PUT /_faults           all faults, as {"answer-lost":0.05}; a PUT replaces them
          GET  /_arrivals?since=MS    when each call came (milliseconds since 1970) and which, one a line
          GET  /_tokens               the tokens that were issued, one a line
          PUT  /_estates/ID           changes an estate: {"status":"afsluttet"}, {"behandlingsform":"…"},
                                      {"proklama":{"dato":"2026-11-29"}}; not kept in the journal
          PUT  /_filings/ID           gives a filing another status: {"status":"anerkendt"}
          GET  /_changes              what was changed in these two ways, one a line
          PUT  /_latency              MS or MIN-MAX
          PUT  /_idempotency          on or off
          POST /_reset                forgets filings and counts

        EXAMPLES
          portal-simulator --any-estate --token-auth none --latency 20-50
          portal-simulator --any-estate --fault submit.answer-lost=0.05 --fault unavailable=0.01 --seed 7
          portal-simulator --listen 0.0.0.0:8443 --tls-cert server.pem --tls-key server.key --client-ca ca.pem \\
                           --estates estates.jsonl
          curl -X PUT -d '{"refuse":1}' http://127.0.0.1:8443/_faults
          curl http://127.0.0.1:8443/_audit

        EXIT STATUS
          0 stopped by SIGTERM or SIGINT; 64 wrong option; 65 wrong estate; 66 file cannot be read; 69 cannot listen
        """
}
