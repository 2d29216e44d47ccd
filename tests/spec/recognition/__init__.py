"""Which results of others are recognised instead of repeated, until when, and why not.

The rule is 医疗机构检查检验结果互认管理办法 (国卫医发〔2022〕6号).  It gives no window; the days in the examples are arguments of
the rules, and the values in force stand in policies/recognition.yaml, each a local default.
"""
