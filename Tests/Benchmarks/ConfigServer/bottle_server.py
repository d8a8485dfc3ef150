"""What the older platform's configuration server is made of, with everything left out but the framework: a constant object as JSON."""

from gevent import monkey

monkey.patch_all()

import json
import sys
from pathlib import Path

from bottle import Bottle
from gevent.pywsgi import WSGIServer

application = Bottle()
constant = json.loads(Path(sys.argv[2]).read_text())


@application.get("/<kind>/<identifier>")
def read(kind, identifier):
    return constant


WSGIServer(("127.0.0.1", int(sys.argv[1])), application, log=None).serve_forever()
