using System.Reflection;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Leaves to build expressions of, and the rules there are.</summary>
internal static class Leaves
{
    public static readonly Dimension Length = new("length", 3), Height = new("height", 2);

    public static Symbol Scalar(string name) => new(name, Role.Coefficient, 0, null);

    public static Symbol Vector(string name) => Vector(name, Length);

    public static Symbol Vector(string name, Dimension length) => new(name, Role.Parameter, 0, length);

    public static Symbol Matrix(string name) => new(name, Role.Parameter, 0, Length, Height: Height);

    /// <summary>Every rule of a table, by the name of its field.</summary>
    public static IReadOnlyDictionary<string, TRule> RulesOf<TRule>(Type table) => table
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(TRule))
        .ToDictionary(field => field.Name, field => (TRule)field.GetValue(null)!);

    public static IReadOnlyDictionary<string, FunctionRule> Functions => RulesOf<FunctionRule>(typeof(FunctionRules));

    public static IReadOnlyDictionary<string, RowFunctionRule> RowFunctions => RulesOf<RowFunctionRule>(typeof(FunctionRules));

    public static IReadOnlyDictionary<string, LossRule> Losses => RulesOf<LossRule>(typeof(LossRules));
}
