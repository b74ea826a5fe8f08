r"""Forty-nine formulas as courses on machine learning write them."""

FORMULAS = (
    r"w \mapsto w^\top A w",
    r"\nabla f(w) = (A + A^\top) w",
    r"f(y) \geq f(x) + \langle \nabla f(x), y - x \rangle",
    r"\frac{1}{n} \sum_{i=1}^n \ell(y_i, f(x_i))",
    (
        r"\hat{\theta} = \operatorname*{arg\,min}_{\theta \in \mathbb{R}^d} \frac{1}{2} \|X\theta -"
        r" y\|_2^2 + \lambda \|\theta\|_1"
    ),
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"f(x) = \begin{cases} x^2 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    r"\begin{bmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{bmatrix}",
    r"\lim_{n \to \infty} \left(1 + \frac{x}{n}\right)^n = e^x",
    r"\boldsymbol{\mu}^\top \boldsymbol{\Sigma}^{-1} \mathbf{x}",
    r"\bm{w} = \bm{X}^\top \bm{\alpha}",
    r"\mathscr{H} \subset \mathcal{F}",
    r"\argmin_{w} \max_{\lambda \ge 0} L(w, \lambda)",
    r"\left\lVert \sum_k \alpha_k \varphi(x_k) \right\rVert_{\mathcal{H}}^2",
    r"\mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]",
    r"\operatorname{tr}(A^\top B) = \langle A, B \rangle_F",
    r"\prod_{i=1}^n p(x_i \mid \theta)",
    r"\int_{-\infty}^{\infty} e^{-x^2/2}\,dx = \sqrt{2\pi}",
    r"\limsup_{k \to \infty} \sqrt[k]{|a_k|}",
    r"\sup_{\|x\| \leq 1} \|Ax\|",
    r"\frac{\partial^2 f}{\partial x_i \, \partial x_j}",
    r"\det(A - \lambda I) = 0",
    r"\binom{n}{k} = \frac{n!}{k!\,(n-k)!}",
    r"\underbrace{x + \dots + x}_{n \text{ times}}",
    r"\overline{z} z = |z|^2",
    r"x \in \bigcap_{i \in I} C_i \setminus \{0\}",
    r"\forall \varepsilon > 0,\ \exists \delta > 0",
    r"K_{ij} = \exp\left(-\frac{\|x_i - x_j\|^2}{2\sigma^2}\right)",
    r"\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc",
    r"\mathbf{1}_{\{x > 0\}}",
    r"\widehat{\operatorname{Var}}(X)",
    r"\text{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    (
        r"\begin{aligned} \min_{w, b, \xi}\quad & \tfrac{1}{2}\|w\|^2 + C \sum_i \xi_i \\"
        r" \text{s.t.}\quad & y_i (w^\top x_i + b) \geq 1 - \xi_i \end{aligned}"
    ),
    r"x_{k+1} = x_k - \gamma_k \nabla f(x_k)",
    r"\nabla^2 f(x) \succeq \mu I",
    r"O\!\left(\frac{1}{\sqrt{n}}\right)",
    r"\lfloor x \rfloor \le x < \lceil x \rceil",
    r"p \coloneqq \Pr[X = 1]",
    r"f^\star(y) = \sup_x \langle x, y\rangle - f(x)",
    r"\mathrm{KL}(p \,\|\, q) \geq 0",
    r"\operatorname{prox}_{\gamma g}(x) = \operatorname*{argmin}_u g(u) + \frac{1}{2\gamma}\|u - x\|^2",
    r"X \xrightarrow{d} \mathcal{N}(0, 1)",
    r"\mathfrak{g} \cong \mathsf{T}_e G",
    (
        r"\begin{pmatrix} a_{11} & \cdots & a_{1n} \\ \vdots & \ddots & \vdots \\ a_{m1} & \cdots &"
        r" a_{mn} \end{pmatrix}"
    ),
    r"\sum_{\substack{i = 1 \\ i \ne j}}^n x_i",
    r"\dot{x}(t) = -\nabla f(x(t)), \quad \ddot{x}",
    r"\left.\frac{df}{dx}\right|_{x = 0}",
    r"\bigl( x \bigr)^{+} = \max(0, x)",
)
