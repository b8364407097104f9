using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Losses, gradients and Hessian products where exponentials overflow or vanish, outputs are nearly certain and weights
/// tiny or huge, against values computed with 700 digits (mpmath 1.3): right to 1e-12 of themselves.
/// </summary>
public class ExtremeReferenceTests
{
    /// <summary>Enough examples for a vector of eight, one of four and a remainder.</summary>
    private const int Copies = 13;

    private static readonly double[] _v = [0.75, -1.25, 0.5];

    /// <summary>Logits, labels, the loss, its gradient in the logits and its Hessian times v.</summary>
    public static TheoryData<double[], double[], double, double[], double[]> Logits => new()
    {
        { [10000.0, -10000.0, 0.0], [1.0, 0, 0], 0, [0, 0, 0], [0, 0, 0] },
        { [10000.0, -10000.0, 0.0], [0, 1.0, 0], 20000.0, [1.0, -1.0, 0], [0, 0, 0] },
        { [10000.0, 9990.0, -10000.0], [1.0, 0, 0], 4.539889921686465E-05, [-4.5397868702434395E-05, 4.5397868702434395E-05, 0], [9.079161547190335E-05, -9.079161547190335E-05, 0] },
        { [-10000.0, -10000.0, -10000.0], [0, 1.0, 0], 1.0986122886681098, [0.3333333333333333, -0.6666666666666666, 0.3333333333333333], [0.25, -0.4166666666666667, 0.16666666666666666] },
        { [40.0, 0.0, 0.0], [1.0, 0, 0], 8.496708510583178E-18, [-8.496708510583178E-18, 4.248354255291589E-18, 4.248354255291589E-18], [9.558797074406076E-18, -8.496708510583178E-18, -1.0620885638228972E-18] },
        { [40.0, 0.0, 0.0], [0.25, 0.5, 0.25], 30.0, [0.75, -0.5, -0.25], [9.558797074406076E-18, -8.496708510583178E-18, -1.0620885638228972E-18] },
        { [0.0, 300.0, -300.0], [0, 1.0, 0], 5.148200222412013E-131, [5.148200222412013E-131, -5.148200222412013E-131, 2.6503965530043108E-261], [1.0296400444824027E-130, -1.0296400444824027E-130, 4.638193967757544E-261] },
        { [700.0, 0.0, 20.0], [1.0, 0, 0], 4.7835719068902114E-296, [-4.7835719068902114E-296, 9.85967654375977E-305, 4.783571897030535E-296], [1.1958929939769868E-296, -1.971935308751954E-304, -1.1958929742576337E-296] },
        { [24.0, 1.0, 0.0], [0.5, 0.5, 0], 11.50000000014037, [0.49999999985962984, -0.4999999998973812, 3.775134543749181E-11], [2.1467542893446751E-10, -2.0523759258319884E-10, -9.437836351268667E-12] },
        { [1E+300, -1E+300, 0.0], [1.0, 0, 0], 0, [0, 0, 0], [0, 0, 0] },
        { [1E-300, 0.0, 0.0], [0, 0, 1.0], 1.0986122886681098, [0.3333333333333333, 0.3333333333333333, -0.6666666666666666], [0.25, -0.4166666666666667, 0.16666666666666666] },
    };

    /// <summary>The activation f, the weights of s = w₂ f(w₁) whose loss is (s + 1)²/2, and the loss, gradient and Hessian product.</summary>
    public static TheoryData<string, double, double, double, double[], double[]> Layers => new()
    {
        { "Softplus", -1000000.0, 1.0, 0.5, [0, 0], [0, 0] },
        { "Softplus", -700.0, 1.0, 0.5, [9.85967654375977E-305, 9.85967654375977E-305], [-4.929838271879885E-305, 7.394757407819829E-305] },
        { "Softplus", -37.0, 1.0, 0.5000000000000001, [8.533047625744066E-17, 8.533047625744066E-17], [-4.2665238128720335E-17, 6.399785719308048E-17] },
        { "Softplus", -37.0, 100000000.0, 0.5000000085330477, [8.533047698556967E-09, 8.533047698556968E-17], [6.399785721864304E-09, 6.3997858285274E-17] },
        { "Softplus", -10.0, 1E-08, 0.500000000000454, [4.5397868702455007E-13, 4.539889921688526E-05], [-5.674733553762596E-05, 3.404582520179408E-05] },
        { "Softplus", -3.0, 1.0, 0.5497677169402173, [0.04973017075133692, 0.050948082306692476], [-0.027827419836253885, 0.036074937827642276] },
        { "Softplus", 1E-200, 1E-200, 0.5, [5E-201, 0.6931471805599453], [-0.625, -0.2255662673977518] },
        { "Softplus", 3.0, 1.0, 8.195529771661443, [3.856579561289705, 12.342472191749145], [-7.633006904497888, -6.546917303401521] },
        { "Softplus", 10.0, 100000000.0, 5.0000454090023155E+17, [9.999591428150725E+16, 10000090808.004585], [7502721248569355.0, 1499938588.4715078] },
        { "Softplus", 40.0, 1E-08, 0.50000040000008, [1.0000004E-08, 40.000016], [-1.250001, -1999.2499994] },
        { "Softplus", 1000.0, 1.0, 501000.5, [1001.0, 1001000.0], [-2500.5, -1248499.25] },
        { "Softplus", 1000000.0, 1E-200, 0.5, [1E-200, 1000000.0], [-1.25, -1249999999999.25] },
        { "Softplus", 1E+100, 1E-100, 2.0, [2E-100, 2E+100], [-3.75, -1.25E+200] },
        { "Gelu", -1000000.0, 1.0, 0.5, [0, 0], [0, 0] },
        { "Gelu", -700.0, 1.0, 0.5, [0, 0], [0, 0] },
        { "Gelu", -37.0, 1.0, 0.5, [-7.838298669418516E-297, -2.1184613523340935E-298], [-2.0755579835828705E-295, -5.878724002063887E-297] },
        { "Gelu", -37.0, 100000000.0, 0.5, [-7.838298669418516E-289, -2.1184613523340935E-298], [-2.1735367159708145E-287, -5.878724002063887E-297] },
        { "Gelu", -10.0, 1E-08, 0.5, [-7.618400096464814E-30, -7.619853024160526E-23], [9.52299955502802E-22, -5.713800072348611E-22] },
        { "Gelu", -3.0, 1.0, 0.4959585059162408, [-0.0118972709872415, -0.004033294072628094], [-0.008254836775153384, -0.008907171105552043] },
        { "Gelu", 1E-200, 1E-200, 0.5, [5E-201, 5E-201], [-0.625, 0.375] },
        { "Gelu", 3.0, 1.0, 7.98380942363157, [4.043684518504903, 11.97166854135803], [-8.169228334176802, -5.913080251961934] },
        { "Gelu", 10.0, 100000000.0, 5.00000001E+17, [1.000000001E+17, 10000000010.0], [7499997499999999.0, 1499999875.75] },
        { "Gelu", 40.0, 1E-08, 0.50000040000008, [1.0000004E-08, 40.000016], [-1.250001, -1999.2499994] },
        { "Gelu", 1000.0, 1.0, 501000.5, [1001.0, 1001000.0], [-2500.5, -1248499.25] },
        { "Gelu", 1000000.0, 1E-200, 0.5, [1E-200, 1000000.0], [-1.25, -1249999999999.25] },
        { "Gelu", 1E+100, 1E-100, 2.0, [2E-100, 2E+100], [-3.75, -1.25E+200] },
        { "Sigmoid", -1000000.0, 1.0, 0.5, [0, 0], [0, 0] },
        { "Sigmoid", -700.0, 1.0, 0.5, [9.85967654375977E-305, 9.85967654375977E-305], [-4.929838271879885E-305, 7.394757407819829E-305] },
        { "Sigmoid", -37.0, 1.0, 0.5000000000000001, [8.533047625744065E-17, 8.533047625744066E-17], [-4.266523812872034E-17, 6.399785719308048E-17] },
        { "Sigmoid", -37.0, 100000000.0, 0.5000000085330477, [8.533047698556967E-09, 8.533047698556966E-17], [6.399785721864302E-09, 6.3997858285274E-17] },
        { "Sigmoid", -10.0, 1E-08, 0.500000000000454, [4.539580773597228E-13, 4.5397868702455E-05], [-5.674475932955346E-05, 3.404427959389126E-05] },
        { "Sigmoid", -3.0, 1.0, 0.5485504799008941, [0.04731920226589646, 0.04967508662422143], [-0.02817331309163573, 0.03428479179234228] },
        { "Sigmoid", 1E-200, 1E-200, 0.5, [2.5E-201, 0.5], [-0.3125, -0.125] },
        { "Sigmoid", 3.0, 1.0, 1.9062728603681938, [0.08821077692683994, 1.8599715939139543], [-0.22240829273111726, -1.0358131632723255] },
        { "Sigmoid", 10.0, 100000000.0, 4999546131613269.0, [453937473169.9051, 99990921.63231076], [-340406748689.9565, 6807.812176993816] },
        { "Sigmoid", 40.0, 1E-08, 0.50000001, [4.248354297775132E-26, 1.00000001], [-5.310442957186E-18, -1.25] },
        { "Sigmoid", 1000.0, 1.0, 2.0, [0, 2.0], [0, -1.25] },
        { "Sigmoid", 1000000.0, 1E-200, 0.5, [0, 1.0], [0, -1.25] },
        { "Sigmoid", 1E+100, 1E-100, 0.5, [0, 1.0], [0, -1.25] },
    };

    [Theory, MemberData(nameof(Logits))]
    public void Softmax_far_out_and_nearly_certain(double[] logits, double[] labels, double loss, double[] gradient, double[] product) =>
        Check(At<ThreeClasses.Model>(new(), labels, logits), loss, gradient, product);

    [Theory]
    [InlineData(1000, 0, 1000.0, 1.0, 0)]
    [InlineData(1000, 1, 0, 0, 0)]
    [InlineData(-1000, 0, 0, 0, 0)]
    [InlineData(-1000, 1, 1000.0, -1.0, 0)]
    [InlineData(700, 1, 9.85967654375977E-305, -9.85967654375977E-305, 9.85967654375977E-305)]
    [InlineData(-700, 0, 9.85967654375977E-305, 9.85967654375977E-305, 9.85967654375977E-305)]
    [InlineData(-300, 1, 300.0, -1.0, 5.148200222412013E-131)]
    [InlineData(40, 0, 40.0, 1.0, 4.248354255291589E-18)]
    [InlineData(40, 1, 4.248354255291589E-18, -4.248354255291589E-18, 4.248354255291589E-18)]
    [InlineData(-37, 0, 8.533047625744066E-17, 8.533047625744065E-17, 8.533047625744065E-17)]
    [InlineData(3, 1, 0.04858735157374206, -0.04742587317756678, 0.04517665973091213)]
    [InlineData(-0.5, 0, 0.4740769841801067, 0.37754066879814546, 0.2350037122015945)]
    [InlineData(1E+300, 0, 1E+300, 1.0, 0)]
    [InlineData(-1E+300, 0, 0, 0, 0)]
    [InlineData(1E-300, 1, 0.6931471805599453, -0.5, 0.25)]
    public void Logistic_far_out_and_nearly_certain(double s, double y, double loss, double slope, double curvature) =>
        Check(At<OneBinary.Model>(new(), [y], [s]), loss, [slope], [curvature * _v[0]]);

    [Theory]
    [InlineData(-1000, 0, 0, 0, 0)]
    [InlineData(-745, 0, 0, 0, 0)]
    [InlineData(-700, 0, 9.85967654375977E-305, 9.85967654375977E-305, 9.85967654375977E-305)]
    [InlineData(-40, 0, 4.248354255291589E-18, 4.248354255291589E-18, 4.248354255291589E-18)]
    [InlineData(-40, 3, 120.0, -3.0, 4.248354255291589E-18)]
    [InlineData(-1, 0, 0.36787944117144233, 0.36787944117144233, 0.36787944117144233)]
    [InlineData(0, 1, 1.0, 0, 1.0)]
    [InlineData(1, 2, 0.7182818284590452, 0.7182818284590452, 2.718281828459045)]
    [InlineData(40, 1, 2.3538526683701994E+17, 2.3538526683702E+17, 2.3538526683702E+17)]
    [InlineData(700, 3, 1.0142320547350045E+304, 1.0142320547350045E+304, 1.0142320547350045E+304)]
    [InlineData(709, 0, 8.218407461554972E+307, 8.218407461554972E+307, 8.218407461554972E+307)]
    public void Counts_far_out(double s, double y, double loss, double slope, double curvature) =>
        Check(At<OneCount.Model>(new(), [y], [s]), loss, [slope], [curvature * _v[0]]);

    [Theory, MemberData(nameof(Layers))]
    public void Activations_far_out_with_tiny_and_huge_weights(string activation, double w1, double w2, double loss, double[] gradient, double[] product) =>
        Check(activation switch
        {
            "Softplus" => At<OneSoftplus.Model>(new(), [-1], [w1, w2]),
            "Gelu" => At<OneGelu.Model>(new(), [-1], [w1, w2]),
            _ => At<OneSigmoid.Model>(new(), [-1], [w1, w2]),
        }, loss, gradient, product);

    private static SweepProbe At<TModel>(TModel model, double[] labels, double[] theta) where TModel : struct, IModel<double>
    {
        var examples = ExampleSet<double>.FromFeatures([.. Enumerable.Repeat(1.0, Copies)], 1,
            [.. Enumerable.Repeat(labels, Copies).SelectMany(y => y)], labels.Length);
        var p = SweepProbe.Of(model, examples);
        p.Layout.Unpack<double>(theta, p.Weights.Span);
        return p;
    }

    private static void Check(SweepProbe p, double loss, double[] gradient, double[] product)
    {
        Assert.All(p.Loss(), actual => Near(loss, actual));
        Assert.All(p.Gradients(), actual => Near(gradient, p.Packed(actual)));
        Near(gradient, p.Packed(p.GradientSum(Only(4))));
        var v = p.Stored(_v.AsSpan(0, gradient.Length));
        Near(product, p.Packed(p.HessianVectorSum(Only(Copies - 1), v)));
        for (var k = 0; k < product.Length; k++)
        {
            var u = p.Stored([.. product.Select((_, j) => j == k ? 1.0 : 0)]);
            Assert.All(p.HessianDot(u, v), actual => Near(product[k], actual));
        }
    }

    /// <summary>A coefficient of 1 for one example, 0 for the others.</summary>
    private static AlignedBuffer<double> Only(int example) =>
        AlignedBuffer<double>.CopyOf([.. Enumerable.Range(0, Copies).Select(i => i == example ? 1.0 : 0)]);

    private static void Near(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), pair => Near(pair.First, pair.Second));

    /// <summary>Where the true value underflows, or nearly, its digits are few.</summary>
    private static void Near(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Abs(expected) + 1e-300, $"{actual:R}, not {expected:R}");
}

[SoftmaxModel(Features = 1, Classes = 3, Bias = false)]
internal sealed partial class ThreeClasses;

[LogisticModel(Features = 1, Bias = false)]
internal sealed partial class OneBinary;

[LinearModel(Features = 1, Bias = false, Loss = Loss.Poisson)]
internal sealed partial class OneCount;

[Mlp(Inputs = 1, Hidden = [1], Outputs = 1, Activation = Activation.Softplus, Bias = false)]
internal sealed partial class OneSoftplus;

[Mlp(Inputs = 1, Hidden = [1], Outputs = 1, Activation = Activation.Gelu, Bias = false)]
internal sealed partial class OneGelu;

[Mlp(Inputs = 1, Hidden = [1], Outputs = 1, Activation = Activation.Sigmoid, Bias = false)]
internal sealed partial class OneSigmoid;
