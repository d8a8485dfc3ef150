"""The errors of ``vnc_api`` under the name by which older scripts import them."""

from vnc_api.exceptions import *
from vnc_api.exceptions import __all__ as __all__
