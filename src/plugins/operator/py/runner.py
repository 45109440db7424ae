# Calls a Python function for a py> task. Python 2.7 and 3.
#
#     python runner.py METHOD INPUT OUTPUT
#
# METHOD is `package.module.function`, `module.Class.method` or `module.Class`. INPUT is a JSON file
# {"params": {...}}. OUTPUT is written: {"subtask_config", "export_params", "store_params"}, and
# "error": {"class", "message", "backtrace"} when the function raised.

import importlib
import inspect
import io
import json
import os
import sys
import traceback
import types
from collections import OrderedDict


# Of Env, that the modules have themselves as well: digdag_env.params["x"].
SHARED = ("params", "subtask_config", "export_params", "store_params", "state_params")


class Env(object):
    """What the function sees as digdag.env."""

    def __init__(self, params):
        self.params = params
        self.subtask_config = OrderedDict()
        self.export_params = OrderedDict()
        self.store_params = OrderedDict()
        self.state_params = OrderedDict()
        self._subtasks = 0

    def store(self, params=None, **named):
        self.store_params.update(params or {}, **named)

    def export(self, params=None, **named):
        self.export_params.update(params or {}, **named)

    def set_state(self, params=None, **named):
        self.state_params.update(params or {}, **named)

    def add_subtask(self, function=None, **params):
        if function is None:
            config = OrderedDict()
        elif isinstance(function, dict):
            config = OrderedDict(function)
        elif callable(function):
            config = OrderedDict([("py>", path_of(function))])
        else:
            raise TypeError("add_subtask takes a function or a dict, not %r" % (function,))
        for name, value in params.items():
            if name != "py>" or "py>" not in config:
                config[name] = value
        try:
            json.dumps(config)
        except (TypeError, ValueError) as reason:
            raise TypeError("Parameters of a subtask must be JSON values: %s" % reason)
        self.subtask_config["+subtask%d" % self._subtasks] = config
        self._subtasks += 1


def path_of(function):
    owner = getattr(function, "im_class", None)  # a method of Python 2
    if owner is not None:
        return ".".join([owner.__module__, owner.__name__, function.__name__])
    name = getattr(function, "__qualname__", function.__name__)
    return function.__module__ + "." + name


def install(env):
    for name in ("digdag_env", "digdag"):
        module = types.ModuleType(name)
        module.env = env
        for shared in SHARED:
            setattr(module, shared, getattr(env, shared))
        sys.modules[name] = module


def find(path):
    """The class that METHOD belongs to, or None, and the function or class itself."""
    names = path.split(".")
    if len(names) == 1:
        raise ValueError("'%s' names no module: py> takes MODULE.FUNCTION" % path)
    try:
        module = importlib.import_module(".".join(names[:-1]))
    except ImportError as reason:
        if len(names) < 3:
            raise
        try:
            module = importlib.import_module(".".join(names[:-2]))
        except ImportError:
            raise reason
        owner = getattr(module, names[-2], None)
        if owner is None:
            raise reason
        return owner, getattr(owner, names[-1])
    return None, getattr(module, names[-1])


def signature(function):
    """Names by position, those with a default, those by keyword only, whether **kwargs is there."""
    try:
        if sys.version_info[0] < 3:
            spec = inspect.getargspec(function)
            options, only = spec.keywords, []
            only_defaults = {}
        else:
            spec = inspect.getfullargspec(function)
            options, only = spec.varkw, spec.kwonlyargs
            only_defaults = spec.kwonlydefaults or {}
    except TypeError:  # built in
        return [], [], [], False
    optional = len(spec.args) - len(spec.defaults or ())
    return spec.args, spec.args[optional:], [(n, n in only_defaults) for n in only], bool(options)


def arguments(function, name, skip_first, params):
    """The function's parameters, filled by name: values by position, then those by keyword."""
    positions, optional, only, takes_rest = signature(function)
    values, named = [], {}
    by_position = True
    for parameter in positions[1:] if skip_first else positions:
        if parameter in params:
            if by_position:
                values.append(params[parameter])
            else:
                named[parameter] = params[parameter]
        elif parameter in optional:
            by_position = False  # a default stands in between
        else:
            raise missing(name, parameter)
    for parameter, has_default in only:
        if parameter in params:
            named[parameter] = params[parameter]
        elif not has_default:
            raise missing(name, parameter)
    if takes_rest:
        for parameter, value in params.items():
            if parameter not in positions:
                named[str(parameter)] = value
    return values, named


def missing(name, parameter):
    return TypeError("Method '%s' requires parameter '%s' but not set" % (name, parameter))


def make(owner, name, params):
    initializer = getattr(owner, "__init__", None)
    if initializer is None or initializer is getattr(object, "__init__"):
        return owner()
    values, named = arguments(initializer, name, True, params)
    return owner(*values, **named)


def call(path, params):
    owner, target = find(path)
    if inspect.isclass(target):
        owner, name = target, "run"
        target = getattr(owner, name)
    else:
        name = path.split(".")[-1]
    if owner is None or not inspect.isclass(owner):
        values, named = arguments(target, name, False, params)
        return target(*values, **named)
    method = getattr(make(owner, owner.__name__, params), name)
    is_bound = inspect.ismethod(method)
    values, named = arguments(method, name, is_bound, params)
    return method(*values, **named)


def described(kind, reason, frames):
    text = str if sys.version_info[0] > 2 else unicode  # noqa: F821
    try:
        message = text(reason)
    except UnicodeError:
        message = str(reason).decode("utf-8", "replace")
    own = os.path.abspath(__file__)
    backtrace = []
    for frame in reversed(traceback.extract_tb(frames)):
        if os.path.abspath(frame[0]) != own:
            backtrace.append("%s:%d:in `%s'" % (frame[0], frame[1], frame[2]))
    return OrderedDict([("class", kind.__name__), ("message", message), ("backtrace", backtrace)])


def write(path, env, error):
    output = OrderedDict(
        [
            ("subtask_config", env.subtask_config),
            ("export_params", env.export_params),
            ("store_params", env.store_params),
        ]
    )
    if error is not None:
        output["error"] = error
    text = json.dumps(output, allow_nan=False)
    with io.open(path, "w", encoding="utf-8") as file:
        file.write(text if sys.version_info[0] > 2 else text.decode("ascii"))


def main():
    path, input_path, output_path = sys.argv[1:4]
    with io.open(input_path, encoding="utf-8") as file:
        params = json.load(file)["params"]
    env = Env(params)
    install(env)
    sys.path.append(os.getcwd())
    try:
        call(path, params)
        write(output_path, env, None)
    except SystemExit as exit:
        reason = RuntimeError(
            "the function %s ended the interpreter with exit code %s; when it does not do that "
            "itself, a module of yours may have the name of a module of the standard library"
            % (path, exit.code)
        )
        write(output_path, env, described(RuntimeError, reason, sys.exc_info()[2]))
        raise reason
    except Exception:
        kind, reason, frames = sys.exc_info()
        write(output_path, Env({}), described(kind, reason, frames))
        raise


if __name__ == "__main__":
    main()
