"""moto's server of S3 on a free port of loopback, which it prints. It answers one request after the other: its own
threads look whether a condition holds and write in two steps, so that two writers can both be told that theirs held."""
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

application = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, application, request_handler=MotoRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()
