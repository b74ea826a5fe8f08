"""Modules that notebooks of adopted courses import and that are not there: nose, and Otter's own.

nose does not import on Python 3.10 or newer; a fifth of all tests of nbgrader courses need it. Otter's
`grader` has a question's tests run elsewhere when it is asked to check it, raises what Otter raises, and does
nothing else.
"""

_NOSE = """
def _stand_for_nose():
    import functools, re, sys, time, types, unittest
    case = unittest.TestCase()
    case.maxDiff = None
    tools, nose = types.ModuleType('nose.tools'), types.ModuleType('nose')
    def ok_(expr, msg=None):
        if not expr:
            raise AssertionError(msg)
    def eq_(a, b, msg=None):
        if not a == b:
            raise AssertionError(msg or '%r != %r' % (a, b))
    def raises(*exceptions):
        def decorate(func):
            def newfunc(*arg, **kw):
                try:
                    func(*arg, **kw)
                except exceptions:
                    pass
                else:
                    raise AssertionError('%s() did not raise' % func.__name__)
            return newfunc
        return decorate
    for name in dir(case):
        if name.startswith('assert') and '_' not in name:
            word = re.sub('([A-Z])', lambda m: '_' + m.group(1).lower(), name)
            setattr(tools, word, getattr(case, name))
    old = {'assert_equals': 'assert_equal', 'assert_not_equals': 'assert_not_equal', 'assert_items_equal':
           'assert_count_equal', 'assert_raises_regexp': 'assert_raises_regex', 'assert_regexp_matches':
           'assert_regex', 'assert_almost_equals': 'assert_almost_equal', 'assert_': 'assert_true',
           'assert_not_almost_equals': 'assert_not_almost_equal',
           'assert_not_regexp_matches': 'assert_not_regex'}
    for name, new in old.items():
        setattr(tools, name, getattr(tools, new))
    def assert_dict_contains_subset(expected, actual, msg=None):
        case.assertEqual(actual, {**actual, **expected}, msg)
    class TimeExpired(AssertionError):
        pass
    def make_decorator(func):
        return lambda newfunc: functools.update_wrapper(newfunc, func)
    def timed(limit):
        def decorate(func):
            def newfunc(*arg, **kw):
                start = time.time()
                result = func(*arg, **kw)
                if time.time() - start > limit:
                    raise TimeExpired('Time limit (%s) exceeded' % limit)
                return result
            return make_decorator(func)(newfunc)
        return decorate
    def istest(func):
        func.__test__ = True
        return func
    def nottest(func):
        func.__test__ = False
        return func
    for own in (ok_, eq_, raises, assert_dict_contains_subset, TimeExpired, make_decorator, timed, istest,
                nottest):
        setattr(tools, own.__name__, own)
    def with_setup(setup=None, teardown=None):
        return lambda func: func
    tools.with_setup = nose.with_setup = with_setup
    tools.__all__ = [name for name in vars(tools) if not name.startswith('__')]
    nose.tools = tools
    nose.__path__ = []
    plugins, skip = types.ModuleType('nose.plugins'), types.ModuleType('nose.plugins.skip')
    nose.SkipTest = plugins.SkipTest = skip.SkipTest = unittest.SkipTest
    nose.plugins, plugins.skip = plugins, skip
    sys.modules.update({each.__name__: each for each in (nose, tools, plugins, skip)})
try:
    import nose.tools
except BaseException:
    _stand_for_nose()
globals().pop('nose', None)
del _stand_for_nose
"""
_OTTER = """
def _stand_for_otter():
    import sys, types
    otter = types.ModuleType('otter')
    passed_over = {'check_all', 'export', 'to_pdf', 'to_html', 'submit', 'run_plugin', 'add_plugin_files'}
    class Notebook:
        def __init__(self, *args, **kwargs): pass
        def check(self, question, global_env=None):
            from IPython import get_ipython
            ask = getattr(get_ipython(), 'check_question', None)
            if ask is not None and not ask(question):
                raise FileNotFoundError('Test %s does not exist' % question)
        def __getattr__(self, name):
            if name not in passed_over:
                raise AttributeError("'Notebook' object has no attribute %r" % name)
            return lambda *args, **kwargs: None
    otter.Notebook = Notebook
    otter.__version__ = '0'
    otter.__path__ = []
    sys.modules['otter'] = otter
_stand_for_otter()
del _stand_for_otter
"""


def spell_set_up(*, otter: bool, nose: bool) -> str:
    """What is run before the first cell, in both processes; nothing where nothing is missing."""
    return (_OTTER if otter else "") + (_NOSE if nose else "")
