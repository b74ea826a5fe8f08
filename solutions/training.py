"""Hidden references of assignments/training: homework 4, eight questions and a figure, 20 points.

A question that is answered with a trajectory is compared at every step; its data are drawn until no step
comes near a kink of the network, where the answer would depend on the slope chosen there.
"""

import numpy as np

from autograder import built, core, dtype, edge, kink, magnitude, partly, question, speed, written

LIBRARY_DIFFERENCES = ("approx_fprime", "approx_derivative")
"""Not `gradient` or `derivative`: students call their variables so."""
DIGITS = "The formula is right, but digits are lost: compute in float64."
random_starts = written(
    "Losses of 20 random starts",
    points=1,
    rubric={
        "a readable figure: logarithmic or well-chosen axis, labels, one line for each start": "1/2",
        "why runs stop at loss 1 or 2: units that are inactive on an image, with zero gradient": "1/2",
    },
)
PLUS = np.array(
    [
        [1.2, 3.5, 0.7, 4.1, 2.7, 1.3],
        [0.6, 2.8, 3.3, 1.1, 0.5, 4.9],
        [7.2, 2.4, 1.1, 0.9, 3.3, 2.2],
        [3.7, 0.9, 4.8, 5.5, 0.2, 1.6],
        [1.0, 3.1, 2.2, 2.7, 4.0, 0.8],
        [0.3, 1.5, 6.4, 2.9, 3.6, 1.0],
    ]
)
MINUS = np.array(
    [
        [3.1, 0.8, 2.4, 5.2, 1.9, 3.6],
        [4.7, 1.2, 0.9, 3.4, 2.8, 5.0],
        [0.5, 3.3, 4.1, 1.8, 2.0, 0.7],
        [2.6, 5.5, 1.1, 0.4, 3.9, 2.3],
        [3.0, 2.7, 5.8, 1.5, 0.6, 4.2],
        [1.4, 3.6, 0.2, 4.5, 2.1, 5.3],
    ]
)
X_IMG = np.stack([PLUS.ravel(), MINUS.ravel()]) / 10
Y_IMG = np.array([1.0, -1.0])
DIFFERENCE = X_IMG[0] - X_IMG[1]
W0_IMG = np.concatenate([DIFFERENCE[:18], -DIFFERENCE[18:], [0.5, -0.5]])
"""From here descent reaches loss 0, and no pre-activation comes closer to 0 than 1/4."""


def uniform(seed, shape):
    """Numbers between -1/2 and 1/2, cheap to draw: the large cases are built on both sides."""
    return np.random.default_rng(seed).random(shape) - 0.5


def signs(seed, n):
    """Labels -1 and 1."""
    return np.where(np.random.default_rng(seed).random(n) < 0.5, -1.0, 1.0)


def large(rng, *shape):
    """An argument of this shape that is never sent."""
    return built(uniform, seed=int(rng.integers(2**32)), shape=shape)


def many_labels(rng, n):
    """As many labels, never sent either."""
    return built(signs, seed=int(rng.integers(2**32)), n=n)


def pre_activations(w, X):
    """What the two neurons hand to the max, each of shape (n,)."""
    h = X.shape[1] // 2
    return X[:, :h] @ w[:h], X[:, h:] @ w[h : 2 * h]


# 1. Forward pass


@question(points=2)
def net_forward(w, X):
    """Predictions of the two-neuron network."""
    w, X = np.asarray(w, dtype=float), np.asarray(X, dtype=float)
    h = X.shape[1] // 2
    left, right = np.maximum(X[:, :h] @ w[:h], 0), np.maximum(X[:, h:] @ w[h : 2 * h], 0)
    return w[-2] * left + w[-1] * right


@net_forward.alternate
def sample_by_sample(w, X):
    """Right, and slow for many samples: what the speed case is measured against."""
    h, predictions = X.shape[1] // 2, []
    for x in X:
        left = sum(float(w[k]) * float(x[k]) for k in range(h))
        right = sum(float(w[h + k]) * float(x[h + k]) for k in range(h))
        predictions.append(float(w[-2]) * max(0.0, left) + float(w[-1]) * max(0.0, right))
    return np.array(predictions)


def networks(rng):
    """Networks of every sort with inputs: a group of cases, a label, w and X.

    In random ones no pre-activation is near a kink, and with enough samples there are both signs.
    """

    def random(n, D, size=1.0):
        while True:
            w, X = rng.normal(size=D + 2), size * rng.normal(size=(n, D))
            z = np.concatenate(pre_activations(w, X))
            if np.min(np.abs(z)) > 1e-3 * size and (n < 6 or np.min(z) < 0 < np.max(z)):
                return w, X

    yield core, "D=6, n=8 (slides)", *random(8, 6)
    yield core, "D=36, n=10", *random(10, 36)
    yield core, "D=4, n=12", *random(12, 4)
    yield core, "the images of the slides", W0_IMG, X_IMG
    yield core, "both neurons active", np.abs(rng.normal(size=8)), np.abs(rng.normal(size=(5, 6)))
    yield edge, "n=1", *random(1, 6)
    yield edge, "D=2", *random(6, 2)
    yield edge, "w = 0", np.zeros(8), rng.normal(size=(4, 6))
    yield edge, "both neurons off", np.array([-1.0] * 6 + [2.0, 3.0]), 1 + rng.random((3, 6))
    # Odd sums: no pre-activation of these integers can be 0.
    w, X = np.array([1, -2, 3, 1, 3, -1, 2, -3]), 2 * rng.integers(-3, 3, (6, 6)) + 1
    yield dtype, "integers", w, X * np.array([1, 1, 2, 1, 1, 1])
    yield dtype, "float32", *(values.astype("f4") for values in random(20, 36))
    yield magnitude, "inputs of size 1e5", *random(6, 6, 1e5)
    yield magnitude, "inputs of size 1e-5", *random(6, 6, 1e-5)


@net_forward.cases
def _(rng):
    for group, label, w, X in networks(rng):
        yield group(label, w, X)
    n, D, few = 100_000, 6, 2_000
    yield speed(
        f"n={n}, D={D}",
        rng.normal(size=D + 2),
        large(rng, n, D),
        looped=sample_by_sample,
        small=(rng.normal(size=D + 2), rng.normal(size=(few, D))),
        work=n / few,
        share=0.3,
    )


@net_forward.scale
def _(w, X):
    w, X = np.abs(np.asarray(w, dtype=float)), np.abs(np.asarray(X, dtype=float))
    left, right = pre_activations(w, X)
    return w[-2] * left + w[-1] * right


@net_forward.mistake(credit=0.25)
def max_forgotten(w, X):
    """With these weights your network is a linear function of x. What does the max do to a negative sum?"""
    left, right = pre_activations(w, X)
    return w[-2] * left + w[-1] * right


@net_forward.mistake(credit=0.25)
def max_outside(w, X):
    """Can your network answer with a negative number? Look at where the max stands in the formula."""
    left, right = pre_activations(w, X)
    return np.maximum(w[-2] * left + w[-1] * right, 0)


@net_forward.mistake(credit=0.4)
def same_inputs(w, X):
    """Which inputs does the second neuron read on the slide?"""
    h = X.shape[1] // 2
    left, right = np.maximum(X[:, :h] @ w[:h], 0), np.maximum(X[:, :h] @ w[h : 2 * h], 0)
    return w[-2] * left + w[-1] * right


@net_forward.mistake(credit=0.4)
def outputs_swapped(w, X):
    """Which output weight goes with which neuron?"""
    left, right = pre_activations(w, X)
    return w[-1] * np.maximum(left, 0) + w[-2] * np.maximum(right, 0)


@net_forward.mistake(credit=0.3)
def max_of_weighted(w, X):
    """Is the output weight inside the max or outside? It makes a difference when that weight is negative."""
    left, right = pre_activations(w, X)
    return np.maximum(w[-2] * left, 0) + np.maximum(w[-1] * right, 0)


@net_forward.mistake(credit=0.2)
def larger_neuron(w, X):
    """How are the two neurons combined? Both of them count, not only the larger one."""
    left, right = pre_activations(w, X)
    return np.maximum(w[-2] * np.maximum(left, 0), w[-1] * np.maximum(right, 0))


@net_forward.mistake(credit=0.25)
def absolute_value(w, X):
    """What does max(0, z) do to a negative z?"""
    left, right = pre_activations(w, X)
    return w[-2] * np.abs(left) + w[-1] * np.abs(right)


@net_forward.mistake(credit=0.4)
def output_weights_first(w, X):
    """Check the order of the entries of w in the statement. Where do the output weights stand?"""
    h = X.shape[1] // 2
    left, right = np.maximum(X[:, :h] @ w[2 : 2 + h], 0), np.maximum(X[:, h:] @ w[2 + h :], 0)
    return w[0] * left + w[1] * right


@net_forward.mistake(credit=0.3)
def output_weights_forgotten(w, X):
    """What becomes of a neuron's output before the two are added? Which weights do you not use?"""
    left, right = pre_activations(w, X)
    return np.maximum(left, 0) + np.maximum(right, 0)


@net_forward.mistake(credit=0.4)
def one_output_weight(w, X):
    """Each neuron has an output weight of its own. Which one do you take for the second?"""
    left, right = pre_activations(w, X)
    return w[-2] * (np.maximum(left, 0) + np.maximum(right, 0))


@net_forward.mistake(credit=0.4)
def every_other_input(w, X):
    """Which inputs does the first neuron read: the first half, or every other one?"""
    left, right = X[:, ::2] @ w[:-2:2], X[:, 1::2] @ w[1:-2:2]
    return w[-2] * np.maximum(left, 0) + w[-1] * np.maximum(right, 0)


@net_forward.mistake(credit=0.3)
def sigmoid_for_max(w, X):
    """Which function does a neuron apply to its sum? Yours never gives 0."""
    left, right = (np.exp(-np.logaddexp(0, -z)) for z in pre_activations(w, X))
    return w[-2] * left + w[-1] * right


@net_forward.mistake(credit=0.3)
def minimum_for_maximum(w, X):
    """Which sums does a neuron let through, the positive ones or the negative ones?"""
    left, right = pre_activations(w, X)
    return w[-2] * np.minimum(left, 0) + w[-1] * np.minimum(right, 0)


@net_forward.mistake(credit=0.25)
def first_neuron_alone(w, X):
    """How many neurons does the network have? Only one of them counts in yours."""
    left, _ = pre_activations(w, X)
    return w[-2] * np.maximum(left, 0)


@net_forward.alternate
def masks(w, X):
    h = X.shape[1] // 2
    left, right = X[:, :h] @ w[:h], X[:, h:] @ w[h:-2]
    return w[-2] * left * (left > 0) + w[-1] * right * (right > 0)


# 2. Gradient of the training loss


@question(points=4, forbids=("num_grad", *LIBRARY_DIFFERENCES))
def net_grad(w, X, y):
    """Gradient in w of the sum of squared errors of the network; slope 0 at a kink."""
    w, X, y = np.asarray(w, dtype=float), np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    h = X.shape[1] // 2
    left, right = X[:, :h] @ w[:h], X[:, h:] @ w[h : 2 * h]
    error = 2 * (w[-2] * np.maximum(left, 0) + w[-1] * np.maximum(right, 0) - y)
    inner_left = (error * w[-2] * (left > 0)) @ X[:, :h]
    inner_right = (error * w[-1] * (right > 0)) @ X[:, h:]
    outer = [error @ np.maximum(left, 0), error @ np.maximum(right, 0)]
    return np.concatenate([inner_left, inner_right, outer])


@net_grad.alternate
def gradient_sample_by_sample(w, X, y):
    """Right, and slow for many samples: what the speed case is measured against."""
    D = X.shape[1]
    h = D // 2
    gradient = np.zeros(D + 2)
    for x, label in zip(X, y):
        left, right = np.dot(w[:h], x[:h]), np.dot(w[h:D], x[h:])
        error = w[D] * max(left, 0) + w[D + 1] * max(right, 0) - label
        if left > 0:
            gradient[:h] += 2 * error * w[D] * x[:h]
            gradient[D] += 2 * error * left
        if right > 0:
            gradient[h:D] += 2 * error * w[D + 1] * x[h:]
            gradient[D + 1] += 2 * error * right
    return gradient


@net_grad.cases
def _(rng):
    for group, label, w, X in networks(rng):
        y = np.where(rng.random(len(X)) < 0.5, -1, 1)
        if label.startswith("D="):
            y[:2] = -1, 1
        yield group(label, w, X, Y_IMG if X is X_IMG else y.astype(X.dtype))
    w, X = rng.normal(size=6), rng.normal(size=(12, 4))
    yield magnitude("labels of size 1e6", w, X, 1e6 * rng.normal(size=12))
    # Pre-activations that are exactly 0 in whatever order they are summed.
    x = np.array([[1.0, -1.0, 0.0, 2.0, 1.0, 1.0]])
    yield kink("one kink, n=1", np.array([0.7, 0.7, 0.3, 0.2, 0.4, 0.1, 1.5, -1.0]), x, np.array([1.0]))
    w = np.array([0.0, 0.0, 0.0, *rng.normal(size=3), 1.2, 0.8])
    yield kink("all samples at the kink", w, rng.normal(size=(4, 6)), np.array([1.0, -1.0, 1.0, -1.0]))
    w = np.array([0.5, 0.5, 0.0, 0.0, 0.25, -0.25, 2.0, 1.0])
    X = np.array([[1.0, -1.0, 3.0, 1.0, 2.0, 2.0], [1.0, 1.0, 1.0, -1.0, 1.0, 0.0]])
    yield kink("kinks of both neurons", w, X, np.array([-1.0, 1.0]))
    n, D, few = 100_000, 6, 2_000
    yield speed(
        f"n={n}, D={D}",
        rng.normal(size=D + 2),
        large(rng, n, D),
        many_labels(rng, n),
        looped=gradient_sample_by_sample,
        small=(rng.normal(size=D + 2), rng.normal(size=(few, D)), np.ones(few)),
        work=n / few,
        share=0.3,
    )


def size_of_gradient(w, X, y):
    """The gradient's formula on absolute values, without the max: its rounding errors are no larger."""
    w, X, y = (np.abs(np.asarray(values, dtype=float)) for values in (w, X, y))
    h = X.shape[1] // 2
    left, right = pre_activations(w, X)
    error = 2 * (w[-2] * left + w[-1] * right + y)
    inner = max(np.max((error * w[-2]) @ X[:, :h]), np.max((error * w[-1]) @ X[:, h:]))
    return max(inner, error @ left, error @ right)


def steepest(w, X, y):
    """The gradient with slope 1 at every kink."""
    w, X, y = (np.asarray(values, dtype=float) for values in (w, X, y))
    h = X.shape[1] // 2
    left, right = pre_activations(w, X)
    error = 2 * (net_forward(w, X) - y)
    inner = [(error * w[-2] * (left >= 0)) @ X[:, :h], (error * w[-1] * (right >= 0)) @ X[:, h:]]
    return np.concatenate([*inner, [error @ np.maximum(left, 0), error @ np.maximum(right, 0)]])


@net_grad.accepts
def _(answer, case):
    """Each neuron's max may have any slope between 0 and 1 where its argument is 0."""
    answer, X = np.asarray(answer, dtype=float), case.args[1]
    h = X.shape[1] // 2
    nearest = np.array(case.expected)
    for neuron in (slice(0, h), slice(h, 2 * h)):
        reach = (steepest(*case.args) - case.expected)[neuron]
        if reach.any():
            slope = np.clip((answer - case.expected)[neuron] @ reach / (reach @ reach), 0, 1)
            nearest[neuron] += slope * reach
    error = np.max(np.abs(answer - nearest)) / max(size_of_gradient(*case.args), 1e-300)
    single = X.dtype == np.float32
    if error <= (1e-3 if single else 1e-12):
        return None
    if error <= 1e-4:
        return partly(0.9, DIGITS)
    if case.group == "kink":
        return "Where a pre-activation is exactly 0, no slope between 0 and 1 gives your gradient."
    return False


def gradient_with(w, X, y, *, error=None, masks=None, inputs=None, outer=None):
    """The gradient with some of its parts replaced: what the known mistakes are made of."""
    h, inputs = X.shape[1] // 2, X if inputs is None else inputs
    left, right = pre_activations(w, X)
    active = np.maximum(left, 0), np.maximum(right, 0)
    error = 2 * (w[-2] * active[0] + w[-1] * active[1] - y) if error is None else error
    masks = (left > 0, right > 0) if masks is None else masks
    outer = active if outer is None else outer
    inner = (error * w[-2] * masks[0]) @ inputs[:, :h], (error * w[-1] * masks[1]) @ inputs[:, h:]
    return np.concatenate([*inner, [error @ outer[0], error @ outer[1]]])


@net_grad.mistake(credit=0.4)
def slope_forgotten(w, X, y):
    """What is the derivative of max(0, z) when z < 0? A neuron that is off does not move the loss."""
    return gradient_with(w, X, y, masks=(1, 1))


@net_grad.mistake(credit=0.3)
def slope_of_each_input(w, X, y):
    """The max acts on a sum of several products, not on each input."""
    return gradient_with(w, X, y, masks=(1, 1), inputs=X * (X > 0))


@net_grad.mistake(credit=0.5)
def constant_of_net_gradient(w, X, y):
    """A constant factor is missing. Check it with finite differences."""
    return gradient_with(w, X, y, error=net_forward(w, X) - y)


@net_grad.mistake(credit=0.5)
def net_downhill(w, X, y):
    """Take one small step against your gradient: does the loss go down?"""
    return gradient_with(w, X, y, error=2 * (y - net_forward(w, X)))


@net_grad.mistake(credit=0.5)
def gradient_of_mean_loss(w, X, y):
    """The loss is a sum over the samples. What happens to your gradient when every sample is there twice?"""
    return gradient_with(w, X, y, error=2 * (net_forward(w, X) - y) / len(y))


@net_grad.mistake(credit=0.3)
def output_weight_forgotten(w, X, y):
    """The chain from a first-layer weight to the loss goes through the output weight of its neuron."""
    ones = np.concatenate([w[:-2], [1, 1]])
    return gradient_with(ones, X, y, error=2 * (net_forward(w, X) - y))


@net_grad.mistake(credit=0.4)
def max_forgotten_in_output(w, X, y):
    """What multiplies the output weight in the formula: z or max(0, z)?"""
    return gradient_with(w, X, y, outer=pre_activations(w, X))


@net_grad.mistake(credit=0.8)
def quotient_at_kink(w, X, y):
    """What does your slope give when z = 0 exactly? Try w = 0."""
    slopes = tuple(np.maximum(z, 0) / z for z in pre_activations(np.asarray(w, dtype=float), X))
    return gradient_with(w, X, y, masks=slopes)


@net_grad.mistake(credit=0.4)
def labels_zero_and_one(w, X, y):
    """Which values do the labels take? Here they are -1 and 1."""
    return gradient_with(w, X, y, error=2 * (net_forward(w, X) - (y > 0)))


@net_grad.mistake(credit=0.5)
def constant_of_output_part(w, X, y):
    """Compare the entries of the neurons and those of the output with finite differences: one part is off."""
    return net_grad(w, X, y) / np.array([1.0] * X.shape[1] + [2.0, 2.0])


@net_grad.mistake(credit=0.5)
def constant_of_neurons_part(w, X, y):
    """Compare the entries of the neurons and those of the output with finite differences: one part is off."""
    return net_grad(w, X, y) / np.array([2.0] * X.shape[1] + [1.0, 1.0])


@net_grad.mistake(credit=0.25)
def gradient_of_prediction(w, X, y):
    """Your answer does not depend on the labels. The chain begins with the derivative of a square."""
    return gradient_with(w, X, y, error=np.ones(len(y)))


@net_grad.mistake(credit=0.3)
def slope_of_prediction(w, X, y):
    """Where does the max stand, around the prediction or in each neuron? Its slope belongs there."""
    positive = net_forward(w, X) > 0
    return gradient_with(w, X, y, masks=(positive, positive))


@net_grad.mistake(credit=0.4)
def output_weights_swapped(w, X, y):
    """Through which output weight does each neuron reach the prediction?"""
    swapped = np.concatenate([w[:-2], w[:-3:-1]])
    return gradient_with(swapped, X, y, error=2 * (net_forward(w, X) - y))


@net_grad.mistake(credit=0.5)
def output_part_first(w, X, y):
    """Entry k belongs to weight k: where do the output weights stand in w?"""
    return np.roll(net_grad(w, X, y), 2)


@net_grad.mistake(credit=0.25)
def output_layer_only(w, X, y):
    """The gradient has one entry for each weight, those of the neurons included."""
    return net_grad(w, X, y) * np.array([0.0] * X.shape[1] + [1.0, 1.0])


# 3. Training on the two images


@question(points=3, needs=(net_forward, net_grad))
def train_net(w0, X, y, gamma, n_steps):
    """Gradient descent: the last weights, and the losses from the start on."""
    w = np.array(w0, dtype=float)
    losses = [np.sum((y - net_forward(w, X)) ** 2)]
    for _ in range(n_steps):
        w = w - gamma * net_grad(w, X, y)
        losses.append(np.sum((y - net_forward(w, X)) ** 2))
    return w, np.array(losses)


def stays_away_from_kinks(w, X, y, gamma, n_steps):
    """Whether no pre-activation comes near 0 on the way, and nothing grows."""
    for _ in range(n_steps + 1):
        z = np.concatenate(pre_activations(w, X))
        if np.min(np.abs(z)) < 1e-4 or np.max(np.abs(w)) > 1e3:
            return False
        w = w - gamma * net_grad(w, X, y)
    return True


@train_net.cases
def _(rng):
    def random(n, D, gamma, n_steps):
        while True:
            w, X = rng.normal(size=D + 2), 0.5 * rng.normal(size=(n, D))
            y = np.where(rng.random(n) < 0.5, -1.0, 1.0)
            if stays_away_from_kinks(w, X, y, gamma, n_steps):
                return w, X, y, gamma, n_steps

    yield core("the images of the slides, gamma=0.05", W0_IMG, X_IMG, Y_IMG, 0.05, 60)
    yield core("the images of the slides, gamma=0.1", W0_IMG, X_IMG, Y_IMG, 0.1, 40)
    yield core("random, D=6, n=5", *random(5, 6, 0.02, 20))
    yield core("random, D=4, n=8", *random(8, 4, 0.02, 15))
    yield edge("n_steps = 0", *random(4, 6, 0.02, 0))
    yield edge("n_steps = 1", *random(4, 6, 0.02, 1))
    yield edge("n=1", *random(1, 6, 0.05, 10))
    w, X, y, *steps = random(3, 6, 0.02, 10)
    yield dtype("integer labels", w, X, y.astype(int), *steps)
    yield edge("nothing left to learn", w, X, net_forward(w, X), 0.02, 6)


@train_net.scale
def _(w0, X, y, gamma, n_steps):
    w, losses = train_net(w0, X, y, gamma, n_steps)
    return np.max(np.abs(w)), 1 + np.max(losses)


def squared_error(w, X, y):
    return np.sum((y - net_forward(w, X)) ** 2)


@train_net.mistake(credit=0.5)
def start_left_out(w0, X, y, gamma, n_steps):
    """How many losses should there be, counting the one of the starting point?"""
    w, losses = train_net(w0, X, y, gamma, n_steps)
    return w, losses[1:]


@train_net.mistake(credit=0.5)
def end_left_out(w0, X, y, gamma, n_steps):
    """How many losses should there be, counting the one of the last point?"""
    w, losses = train_net(w0, X, y, gamma, n_steps)
    return w, losses[:-1]


@train_net.mistake(credit=0.8)
def start_overwritten(w0, X, y, gamma, n_steps):
    """Look at w0 after the call. What does `-=` do to an array that two names stand for?"""
    w, losses = w0, [squared_error(w0, X, y)]
    for _ in range(n_steps):
        w -= gamma * net_grad(w, X, y)
        losses.append(squared_error(w, X, y))
    return w, np.array(losses)


@train_net.mistake(credit=0.25)
def ascent(w0, X, y, gamma, n_steps):
    """Plot your losses: do they decrease? Which way does the gradient point?"""
    return train_net(w0, X, y, -gamma, n_steps)


@train_net.mistake(credit=0.5)
def mean_for_sum(w0, X, y, gamma, n_steps):
    """The loss is a sum over the samples. What does that change in its value, and in its gradient?"""
    w, losses = train_net(w0, X, y, gamma / len(y), n_steps)
    return w, losses / len(y)


@train_net.mistake(credit=0.5)
def reports_the_mean(w0, X, y, gamma, n_steps):
    """The reported loss must be the one of the statement: a sum over the samples."""
    w, losses = train_net(w0, X, y, gamma, n_steps)
    return w, losses / len(y)


@train_net.mistake(credit=0.25)
def trains_output_layer_only(w0, X, y, gamma, n_steps):
    """Which knobs does your loop turn? All weights are trained, those of the neurons too."""
    w = np.array(w0, dtype=float)
    losses = [squared_error(w, X, y)]
    for _ in range(n_steps):
        w[-2:] = w[-2:] - gamma * net_grad(w, X, y)[-2:]
        losses.append(squared_error(w, X, y))
    return w, np.array(losses)


@train_net.mistake(credit=0.5)
def one_update_too_many(w0, X, y, gamma, n_steps):
    """How many updates have your last weights seen? The last loss belongs to them."""
    return train_net(w0, X, y, gamma, n_steps + 1)[0], train_net(w0, X, y, gamma, n_steps)[1]


@train_net.mistake(credit=0.3)
def steps_of_one_length(w0, X, y, gamma, n_steps):
    """How long is a step where the slope is small? Yours all have one length."""
    w = np.array(w0, dtype=float)
    losses = [squared_error(w, X, y)]
    for _ in range(n_steps):
        slope = net_grad(w, X, y)
        w = w - gamma * slope / max(np.linalg.norm(slope), 1e-300)
        losses.append(squared_error(w, X, y))
    return w, np.array(losses)


@train_net.mistake(credit=0.4)
def steps_that_shrink(w0, X, y, gamma, n_steps):
    """The step is constant in the statement. Yours depends on k."""
    w = np.array(w0, dtype=float)
    losses = [squared_error(w, X, y)]
    for k in range(n_steps):
        w = w - gamma / (k + 1) * net_grad(w, X, y)
        losses.append(squared_error(w, X, y))
    return w, np.array(losses)


@train_net.mistake(credit=0.5)
def layer_by_layer(w0, X, y, gamma, n_steps):
    """All knobs must be turned from the same point. At which weights do you take the second gradient?"""
    w = np.array(w0, dtype=float)
    losses = [squared_error(w, X, y)]
    for _ in range(n_steps):
        w[:-2] = w[:-2] - gamma * net_grad(w, X, y)[:-2]
        w[-2:] = w[-2:] - gamma * net_grad(w, X, y)[-2:]
        losses.append(squared_error(w, X, y))
    return w, np.array(losses)


# 4. Linear regression by gradient descent


@question(points=2)
def linreg_gd(X, y, gamma, n_steps):
    """Gradient descent on the sum of squares from 0: the last weights, and the losses."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w = np.zeros(X.shape[1])
    losses = [np.sum((y - X @ w) ** 2)]
    for _ in range(n_steps):
        w = w - 2 * gamma * X.T @ (X @ w - y)
        losses.append(np.sum((y - X @ w) ** 2))
    return w, np.array(losses)


@linreg_gd.cases
def _(rng):
    def problem(n, d, n_steps, speed=0.9, size=1.0):
        """The step is `speed` times 1 / L: descent converges below 2."""
        X, y = size * rng.normal(size=(n, d)), size * rng.normal(size=n)
        return X, y, float(speed / (2 * np.linalg.norm(X.T @ X, 2))), n_steps

    yield core("n=10, d=3", *problem(10, 3, 30))
    yield core("n=4, d=6 (interpolation)", *problem(4, 6, 25))
    yield core("oscillating step", *problem(8, 2, 15, 1.8))
    yield edge("n=1, d=1", *problem(1, 1, 5, 0.7))
    yield edge("n_steps = 0", *problem(6, 3, 0))
    yield edge("n_steps = 1", *problem(6, 3, 1))
    yield dtype("integers", rng.integers(-3, 4, (5, 2)), rng.integers(-5, 6, 5), 0.005, 10)
    yield magnitude("divergent", *problem(8, 3, 20, 2.5))
    yield magnitude("data of size 1e4", *problem(8, 3, 20, size=1e4))
    yield magnitude("n=5000, d=20", *problem(5000, 20, 20))
    yield edge("nothing to learn", rng.normal(size=(5, 3)), np.zeros(5), 0.05, 6)


@linreg_gd.mistake(credit=0.5)
def step_of_mean(X, y, gamma, n_steps):
    """The loss is a sum: what does that change in the gradient?"""
    w, losses = np.zeros(X.shape[1]), [np.sum(y * y)]
    for _ in range(n_steps):
        w = w - 2 * gamma * X.T @ (X @ w - y) / len(y)
        losses.append(np.sum((y - X @ w) ** 2))
    return w, np.array(losses)


@linreg_gd.mistake(credit=0.5)
def constant_of_step(X, y, gamma, n_steps):
    """A constant factor is missing in your gradient. Check it with `rel_error` of homework 1."""
    return linreg_gd(X, y, gamma / 2, n_steps)


@linreg_gd.mistake(credit=0.25)
def uphill(X, y, gamma, n_steps):
    """Plot your losses: do they decrease?"""
    return linreg_gd(X, y, -gamma, n_steps)


def descend(X, y, gamma, n_steps, *, losses=1.0, gradient=2.0):
    """Gradient descent from 0 with other constants in front of the losses and of the gradient."""
    w = np.zeros(X.shape[1])
    told = [losses * np.sum((y - X @ w) ** 2)]
    for _ in range(n_steps):
        w = w - gradient * gamma * X.T @ (X @ w - y)
        told.append(losses * np.sum((y - X @ w) ** 2))
    return w, np.array(told)


@linreg_gd.mistake(credit=0.5)
def mean_throughout(X, y, gamma, n_steps):
    """The loss is a sum over the samples. What does that change in its value, and in its gradient?"""
    return descend(X, y, gamma, n_steps, losses=1 / len(y), gradient=2 / len(y))


@linreg_gd.mistake(credit=0.5)
def half_throughout(X, y, gamma, n_steps):
    """Reread the loss: does it have a factor in front of its sum? Yours has one."""
    return descend(X, y, gamma, n_steps, losses=0.5, gradient=1.0)


@linreg_gd.mistake(credit=0.5)
def one_step_too_many(X, y, gamma, n_steps):
    """How many steps led to the weights you return? The last loss belongs to them."""
    return linreg_gd(X, y, gamma, n_steps + 1)[0], linreg_gd(X, y, gamma, n_steps)[1]


@linreg_gd.mistake(credit=0.5)
def coordinate_by_coordinate(X, y, gamma, n_steps):
    """All coordinates change from one point. At which point do you compute the second residuals?"""
    w = np.zeros(X.shape[1])
    losses = [np.sum((y - X @ w) ** 2)]
    for _ in range(n_steps):
        for j in range(len(w)):
            w[j] -= 2 * gamma * X[:, j] @ (X @ w - y)
        losses.append(np.sum((y - X @ w) ** 2))
    return w, np.array(losses)


@linreg_gd.mistake(credit=0.3)
def with_an_intercept(X, y, gamma, n_steps):
    """The model of the statement has no constant term: where does the column of ones in yours come from?"""
    w, losses = descend(np.column_stack([X, np.ones(len(y))]), y, gamma, n_steps)
    return w[:-1], losses


@linreg_gd.mistake(credit=0.5)
def mean_of_squares(X, y, gamma, n_steps):
    """The reported loss must be the one of the statement: a sum over the samples."""
    w, losses = linreg_gd(X, y, gamma, n_steps)
    return w, losses / len(y)


@linreg_gd.mistake(credit=0.5)
def starts_at_ones(X, y, gamma, n_steps):
    """Check the starting point. What is your first loss when y = 0?"""
    w = np.ones(X.shape[1])
    losses = [np.sum((y - X @ w) ** 2)]
    for _ in range(n_steps):
        w = w - 2 * gamma * X.T @ (X @ w - y)
        losses.append(np.sum((y - X @ w) ** 2))
    return w, np.array(losses)


@linreg_gd.mistake(credit=0.4)
def exact_minimiser(X, y, gamma, n_steps):
    """Return the iterate after n_steps, not the exact minimiser."""
    solution = np.linalg.lstsq(X.astype(float), y.astype(float), rcond=None)[0]
    return solution, linreg_gd(X, y, gamma, n_steps)[1]


@linreg_gd.mistake(credit=0.5)
def without_first_loss(X, y, gamma, n_steps):
    """How many losses should there be, counting the one of the starting point?"""
    w, losses = linreg_gd(X, y, gamma, n_steps)
    return w, losses[1:]


@linreg_gd.mistake(credit=0.5)
def without_last_loss(X, y, gamma, n_steps):
    """How many losses should there be, counting the one of the last point?"""
    w, losses = linreg_gd(X, y, gamma, n_steps)
    return w, losses[:-1]


# 5. and 6. Logistic regression: loss and gradient


def labelled_data(rng):
    """Classification problems of every sort: a group of cases, a label, w, X and y."""

    def problem(n, d, size=1.0):
        y = np.where(rng.random(n) < 0.5, -1.0, 1.0)
        y[0] = -1.0
        return rng.normal(size=d), size * rng.normal(size=(n, d)), y

    for n, d in ((9, 3), (4, 6), (30, 5)):
        yield core, f"n={n}, d={d}", *problem(n, d)
    yield edge, "n=1", *problem(1, 3)
    yield edge, "d=1", *problem(5, 1)
    yield edge, "w = 0", np.zeros(3), rng.normal(size=(6, 3)), np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
    w, X, y = problem(5, 2)
    yield dtype, "integer labels", w, X, y.astype(int)
    yield dtype, "float32", *(values.astype("f4") for values in problem(50, 4))
    yield magnitude, "margins of size 1e4", *problem(8, 3, 1e4)
    yield magnitude, "margins of size 1e-6", *problem(8, 3, 1e-6)


@question(points=2, tolerance=1e-12)
def logistic_loss(w, X, y):
    """Mean logistic loss."""
    margins = np.asarray(y, dtype=float) * (np.asarray(X, dtype=float) @ np.asarray(w, dtype=float))
    return float(np.mean(np.logaddexp(0, -margins)))


@logistic_loss.cases
def _(rng):
    for group, label, w, X, y in labelled_data(rng):
        yield group(label, w, X, y)


@logistic_loss.scale
def _(w, X, y):
    return np.mean(1 + np.abs(X.astype(float)) @ np.abs(w))


@logistic_loss.mistake(credit=0.5)
def sum_for_mean(w, X, y):
    """Reread the statement: sum or mean?"""
    return np.sum(np.logaddexp(0, -y * (X @ w)))


@logistic_loss.mistake(credit=0.4)
def sign_of_margin(w, X, y):
    """A confident and correct prediction should cost almost nothing. What does yours cost?"""
    return np.mean(np.logaddexp(0, y * (X @ w)))


@logistic_loss.mistake(credit=0.4)
def loss_of_zero_and_one(w, X, y):
    """Which values do the labels take here? Your formula belongs to labels 0 and 1."""
    return np.mean(np.logaddexp(0, X @ w) - y * (X @ w))


@logistic_loss.mistake(credit=0.2)
def labels_ignored(w, X, y):
    """Your loss does not depend on the labels."""
    return np.mean(np.logaddexp(0, -(X @ w)))


@logistic_loss.mistake(credit=0.5)
def binary_logarithm(w, X, y):
    """Which logarithm? Work out the value at w = 0."""
    return np.mean(np.logaddexp(0, -y * (X @ w))) / np.log(2)


@logistic_loss.mistake(credit=0.25)
def exponential_loss(w, X, y):
    """How much does a margin of -3 cost? Yours is another loss: what is applied to the exponential?"""
    return np.mean(np.exp(-y * (X @ w)))


@logistic_loss.mistake(credit=0.2)
def hinge_loss(w, X, y):
    """Yours is the loss of the support vector machine. What does a margin of 2 cost in the statement?"""
    return np.mean(np.maximum(0, 1 - y * (X @ w)))


@logistic_loss.mistake(credit=0.25)
def loss_of_mean_margin(w, X, y):
    """The mean of what: of the margins, or of what each of them costs?"""
    return np.logaddexp(0, -np.mean(y * (X @ w)))


@logistic_loss.mistake(credit=0.9)
def overflows(w, X, y):
    """Try a margin of -1000. Which exponential overflows, and what could be written in its place?"""
    return np.mean(np.log(1 + np.exp(-y * (X @ w))))


@question(points=2, forbids=("num_grad", *LIBRARY_DIFFERENCES), tolerance=1e-12)
def logistic_grad(w, X, y):
    """Gradient in w of the mean logistic loss."""
    w, X, y = np.asarray(w, dtype=float), np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    wrong = np.exp(-np.logaddexp(0, y * (X @ w)))  # 1 / (1 + e^m), which never overflows
    return -X.T @ (y * wrong) / len(y)


@logistic_grad.alternate
def logistic_sample_by_sample(w, X, y):
    """Right, and slow for many samples: what the speed case is measured against."""
    gradient = np.zeros(X.shape[1])
    for x, label in zip(X, y):
        gradient -= float(label) * np.exp(-np.logaddexp(0.0, float(label) * float(np.dot(x, w)))) * x
    return gradient / len(y)


@logistic_grad.cases
def _(rng):
    for group, label, w, X, y in labelled_data(rng):
        yield group(label, w, X, y)
    n, d, few = 200_000, 5, 4_000
    yield speed(
        f"n={n}, d={d}",
        rng.normal(size=d),
        large(rng, n, d),
        many_labels(rng, n),
        looped=logistic_sample_by_sample,
        small=(rng.normal(size=d), rng.normal(size=(few, d)), np.ones(few)),
        work=n / few,
        share=0.3,
    )


@logistic_grad.scale
def _(w, X, y):
    return np.mean(np.abs(X.astype(float)), axis=0)


def weights_of_samples(w, X, y):
    """1 / (1 + e^m), sample by sample."""
    return np.exp(-np.logaddexp(0, y * (X @ w)))


@logistic_grad.mistake(credit=0.5)
def logistic_downhill(w, X, y):
    """Take one small step against your gradient: does the loss go down?"""
    return X.T @ (y * weights_of_samples(w, X, y)) / len(y)


@logistic_grad.mistake(credit=0.5)
def gradient_of_sum(w, X, y):
    """Reread the loss: sum or mean?"""
    return -X.T @ (y * weights_of_samples(w, X, y))


@logistic_grad.mistake(credit=0.4)
def gradient_of_zero_and_one(w, X, y):
    """That is the formula for other label values. Which values do they take here?"""
    return X.T @ (1 - weights_of_samples(w, X, 1) - y) / len(y)


@logistic_grad.mistake(credit=0.3)
def label_forgotten(w, X, y):
    """The chain rule gives one more factor: the margin holds the label."""
    return -X.T @ weights_of_samples(w, X, y) / len(y)


@logistic_grad.mistake(credit=0.4)
def wrong_side(w, X, y):
    """Well classified samples should contribute little. How much do they weigh in your sum?"""
    return -X.T @ (y * weights_of_samples(w, X, -y)) / len(y)


@logistic_grad.mistake(credit=0.4)
def label_left_out_of_margin(w, X, y):
    """How much a sample weighs depends on its margin, and the margin holds the label."""
    return -X.T @ (y * weights_of_samples(w, X, 1)) / len(y)


@logistic_grad.mistake(credit=0.3)
def slope_of_sigmoid(w, X, y):
    """Differentiate the logarithm too: what is left of s (1 - s) then?"""
    weights = weights_of_samples(w, X, y)
    return -X.T @ (y * weights * (1 - weights)) / len(y)


@logistic_grad.mistake(credit=0.4)
def mean_over_coordinates(w, X, y):
    """The mean over what? Divide by the number of samples."""
    return -X.T @ (y * weights_of_samples(w, X, y)) / X.shape[1]


@logistic_grad.mistake(credit=0.25)
def wrong_ones_alone(w, X, y):
    """How much does a sample weigh that is right, but only just? Your weights are 0 or 1."""
    return -X.T @ (y * (y * (X @ w) < 0)) / len(y)


@logistic_grad.mistake(credit=0.9)
def quotient_overflows(w, X, y):
    """Try a margin of -1000. What is inf / inf?"""
    exponential = np.exp(-y * (X @ w))
    return -X.T @ (y * exponential / (1 + exponential)) / len(y)


# 7. Stochastic gradient descent


@question(points=2, compare="trajectory")
def sgd_linreg(X, y, w0, gamma, idx):
    """All iterates of stochastic gradient descent on the samples `idx`."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    iterates = [np.array(w0, dtype=float)]
    for i in idx:
        w = iterates[-1]
        iterates.append(w - 2 * gamma * (X[i] @ w - y[i]) * X[i])
    return np.array(iterates)


@sgd_linreg.cases
def _(rng):
    def problem(n, d, idx):
        return rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), 0.05, idx

    yield core("n=8, d=3", *problem(8, 3, rng.integers(0, 8, 30)))
    yield core("n=20, d=5", *problem(20, 5, rng.integers(0, 20, 40)))
    yield core("two passes, backwards", *problem(6, 2, np.array([5, 4, 3, 2, 1, 0] * 2)))
    yield edge("no index", *problem(5, 3, np.array([], dtype=int)))
    yield edge("always the same sample", *problem(5, 3, np.array([2] * 6)))
    yield edge("d=1", *problem(6, 1, rng.integers(0, 6, 8)))
    yield edge("n=1", *problem(1, 3, np.zeros(5, dtype=int)))
    yield dtype("indices as a list", *problem(6, 3, [3, 1, 4, 1, 5]))
    X, y, _w, gamma, idx = problem(6, 2, np.array([0, 3, 2, 5]))
    yield dtype("integer w0", X, y, np.array([2, -1]), gamma, idx)
    yield edge("nothing to learn", X, np.zeros(6), np.zeros(2), gamma, idx)


def iterates_with(X, y, w0, idx, step):
    """The iterates of w -> w - step(w, i)."""
    iterates = [np.array(w0, dtype=float)]
    for i in idx:
        iterates.append(iterates[-1] - step(iterates[-1], i))
    return np.array(iterates)


@sgd_linreg.mistake(credit=0.25)
def full_gradient(X, y, w0, gamma, idx):
    """How many samples does one of your steps look at?"""
    return iterates_with(X, y, w0, idx, lambda w, _: 2 * gamma * X.T @ (X @ w - y))


@sgd_linreg.mistake(credit=0.5)
def step_times_n(X, y, w0, gamma, idx):
    """The step of the statement has no extra factor n."""
    return sgd_linreg(X, y, w0, gamma * len(y), idx)


@sgd_linreg.mistake(credit=0.5)
def step_over_n(X, y, w0, gamma, idx):
    """The step of the statement has no extra factor 1/n."""
    return sgd_linreg(X, y, w0, gamma / len(y), idx)


@sgd_linreg.mistake(credit=0.5)
def constant_of_sample(X, y, w0, gamma, idx):
    """Differentiate the square: a constant factor is missing."""
    return sgd_linreg(X, y, w0, gamma / 2, idx)


@sgd_linreg.mistake(credit=0.4)
def order_of_its_own(X, y, w0, gamma, idx):
    """Use the indices you are given, in that order. Yours go through the samples one after the other."""
    return sgd_linreg(X, y, w0, gamma, np.arange(len(idx)) % len(y))


@sgd_linreg.mistake(credit=0.4)
def indices_sorted(X, y, w0, gamma, idx):
    """Use the indices you are given, in that order. Yours are sorted."""
    return sgd_linreg(X, y, w0, gamma, np.sort(np.asarray(idx, dtype=int)))


@sgd_linreg.mistake(credit=0.4)
def one_array_many_times(X, y, w0, gamma, idx):
    """Print your trajectory: are its rows different? One array stored many times shows its last state."""
    w = np.array(w0, dtype=float)
    iterates = [w]
    for i in idx:
        w -= 2 * gamma * (X[i] @ w - y[i]) * X[i]
        iterates.append(w)
    return np.array(iterates)


@sgd_linreg.mistake(credit=0.5)
def without_start(X, y, w0, gamma, idx):
    """How many iterates should there be, counting the starting point?"""
    return sgd_linreg(X, y, w0, gamma, idx)[1:]


@sgd_linreg.mistake(credit=0.5)
def without_end(X, y, w0, gamma, idx):
    """How many iterates should there be, counting the last one?"""
    return sgd_linreg(X, y, w0, gamma, idx)[:-1]


@sgd_linreg.mistake(credit=0.25)
def gradient_at_start(X, y, w0, gamma, idx):
    """At which point is the gradient taken at step 2? It should be where you are by then."""
    return iterates_with(X, y, w0, idx, lambda _, i: 2 * gamma * (X[i] @ w0 - y[i]) * X[i])


@sgd_linreg.mistake(credit=0.25)
def always_from_start(X, y, w0, gamma, idx):
    """From where does the second step of yours start? It should start where the first one ended."""
    start = np.array(w0, dtype=float)
    steps = [start - 2 * gamma * (X[i] @ start - y[i]) * X[i] for i in idx]
    return np.array([start, *steps])


@sgd_linreg.mistake(credit=0.4)
def step_that_shrinks(X, y, w0, gamma, idx):
    """The step is constant in the statement. Yours depends on k."""
    iterates = [np.array(w0, dtype=float)]
    for k, i in enumerate(idx, 1):
        w = iterates[-1]
        iterates.append(w - 2 * gamma / k * (X[i] @ w - y[i]) * X[i])
    return np.array(iterates)


@sgd_linreg.mistake(credit=0.3)
def same_in_all_coordinates(X, y, w0, gamma, idx):
    """The chain rule gives one more factor, which is a vector. All coordinates of your steps are equal."""
    return iterates_with(X, y, w0, idx, lambda w, i: 2 * gamma * (X[i] @ w - y[i]))


@sgd_linreg.mistake(credit=0.4)
def starts_at_zero(X, y, w0, gamma, idx):
    """Where does the trajectory begin? One argument is ignored: w0."""
    return sgd_linreg(X, y, np.zeros(X.shape[1]), gamma, idx)


@sgd_linreg.mistake(credit=0.25)
def sgd_uphill(X, y, w0, gamma, idx):
    """Does the loss of the sample go down in one of your steps?"""
    return sgd_linreg(X, y, w0, -gamma, idx)


# 8. Principal component analysis


@question(points=2)
def pca(X, k):
    """The first principal directions, one per row."""
    X = np.asarray(X, dtype=float)
    return np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2][:k]


def cloud(rng, n, d, size=1.0, shift=3.0):
    """Data whose singular values fall by 0.6 each, far from 0: principal directions are unique up to sign."""
    r = min(n - 1, d)
    left = rng.normal(size=(n, r))
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    right = np.linalg.qr(rng.normal(size=(d, d)))[0][:r]
    return size * ((left * 10 * 0.6 ** np.arange(r)) @ right + shift * rng.normal(size=d))


@pca.cases
def _(rng):
    yield core("n=30, d=5, k=2", cloud(rng, 30, 5), 2)
    yield core("n=12, d=4, k=3", cloud(rng, 12, 4, shift=10.0), 3)
    yield core("n=50, d=6, k=1", cloud(rng, 50, 6, shift=8.0), 1)
    yield edge("n < d", cloud(rng, 5, 9), 2)
    yield edge("k = d", cloud(rng, 20, 3), 3)
    yield edge("d = 1", cloud(rng, 6, 1), 1)
    yield edge("n = 2, k = 1", np.array([[0.0, 0.0], [3.0, 4.0]]), 1)
    centred = cloud(rng, 20, 4)
    yield edge("already centred", centred - centred.mean(axis=0), 2)
    yield dtype("float32", cloud(rng, 20, 4).astype("f4"), 2)
    yield dtype("integers", np.array([[1, 0], [2, 5], [3, 1], [9, 4], [7, 9]]), 1)
    yield magnitude("data of size 1e6", cloud(rng, 20, 4, 1e6), 2)
    yield magnitude("data of size 1e-6", cloud(rng, 20, 4, 1e-6), 2)


def distance_up_to_sign(rows, others):
    """The largest difference of two matrices whose rows may be turned round."""
    turned = np.where(np.sum(rows * others, axis=1) < 0, -1.0, 1.0)[:, None]
    return np.max(np.abs(turned * rows - others))


RESCALED = "Do not rescale the coordinates: only the mean is taken away."
ONE_MEAN = "Along which axis is the mean taken? Each coordinate has one of its own."


@pca.accepts
def _(answer, case):
    """Each row up to its sign; what is wrong with them, where that can be seen."""
    answer, X = np.asarray(answer, dtype=float), np.asarray(case.args[0], dtype=float)
    error = distance_up_to_sign(answer, case.expected)
    if error <= (1e-3 if case.args[0].dtype == np.float32 else 1e-6):
        return None
    if error <= 1e-3:
        return partly(0.9, DIGITS)
    norms = np.linalg.norm(answer, axis=1, keepdims=True)
    if np.all(norms > 0) and distance_up_to_sign(answer / norms, case.expected) <= 1e-6:
        return partly(0.4, "The directions are right, but their norms are not 1.")
    if np.max(np.abs(norms - 1)) > 1e-3:
        return "The rows of your answer do not have norm 1."
    if distance_up_to_sign(answer, np.linalg.svd(X, full_matrices=False)[2][: len(answer)]) <= 1e-6:
        return partly(0.4, "Translate all data by one vector: your directions change, and should not.")
    for rescaled, reason in ((standardised, RESCALED), (one_mean_for_all, ONE_MEAN)):
        if distance_up_to_sign(answer, rescaled(X, len(answer))) <= 1e-6:
            return partly(0.4, reason)
    along = np.abs(answer @ np.linalg.svd(X - X.mean(axis=0))[2].T)
    if np.all(np.max(along, axis=1) > 1 - 1e-6):
        return partly(0.4, "These are principal directions, but not the first ones, by decreasing variance.")
    return "The data vary less along your directions than along the principal ones."


@pca.mistake(credit=0.4)
def not_centred(X, k):
    """Translate all data by the same vector: the directions must not change."""
    return np.linalg.svd(X.astype(float), full_matrices=False)[2][:k]


@pca.mistake(credit=0.5)
def directions_as_columns(X, k):
    """One direction in each row is asked for. Yours are the columns."""
    return pca(X, k).T


@pca.mistake(credit=0.4)
def smallest_first(X, k):
    """In which order does your routine return the eigenvalues?"""
    return np.linalg.eigh(np.cov(X.T).reshape(X.shape[1], -1))[1].T[:k]


@pca.mistake(credit=0.4)
def rows_of_eigh(X, k):
    """Are eigenvectors stored in the rows or in the columns of the result?"""
    return np.linalg.eigh(np.cov(X.T).reshape(X.shape[1], -1))[1][:, ::-1][:k]


@pca.mistake(credit=0.4)
def standardised(X, k):
    """Do not rescale the coordinates: only the mean is taken away."""
    return np.linalg.svd((X - X.mean(axis=0)) / X.std(axis=0), full_matrices=False)[2][:k]


@pca.mistake(credit=0.4)
def one_mean_for_all(X, k):
    """Along which axis is the mean taken? Each coordinate has one of its own."""
    return np.linalg.svd(X - X.mean(), full_matrices=False)[2][:k]


@pca.mistake(credit=0.25)
def centred_rows(X, k):
    """Along which axis is the mean taken? Each coordinate has a mean over the samples."""
    return np.linalg.svd(X - X.mean(axis=1, keepdims=True), full_matrices=False)[2][:k]


@pca.mistake(credit=0.4)
def scaled_directions(X, k):
    """The directions must have norm 1."""
    _, sizes, directions = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return sizes[:k, None] * directions[:k]


@pca.mistake(credit=0.25)
def coordinates_of_samples(X, k):
    """Directions are asked for, not the coordinates of the samples along them."""
    return (X - X.mean(axis=0)) @ pca(X, k).T
